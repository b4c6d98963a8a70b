"""Printed matter of the offices room: QR codes as SVG and PNG, posters and counter cards as PDF."""
