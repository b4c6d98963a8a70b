"""survey_app: satisfaction surveys and feedback for public services, by QR code, web and SMS.

Citizens answer frozen questionnaires; the answers become indices with honest intervals.
The rooms of this package and the floors they stand on are described in README.md ("The house").
"""
