"""Papers of the feedback desk: phiếu chuyển, reports."""
