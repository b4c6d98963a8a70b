"""Phản ánh, kiến nghị: from the citizen's words to a published answer.

Owns the cases of the desk and all that belongs to them: feedback_cases, feedback_contacts, feedback_consents,
feedback_events, feedback_clocks, feedback_answers, feedback_answer_versions, feedback_ratings,
feedback_public_copies, feedback_attachments, feedback_attachment_contents, feedback_merges,
feedback_wrong_pins. The restricted register: feedback_grievances, feedback_grievance_events. Rules as data:
feedback_deadline_rules, feedback_calendar_days, feedback_office_hours, feedback_desk_settings,
feedback_reply_templates. What officers keep: feedback_saved_views, feedback_bulk_assignments. Duties to data
subjects: feedback_privacy_requests, feedback_breaches, feedback_purge_runs.

Khiếu nại and tố cáo live in tables of their own (`models.grievances`), so that no list, search, report or
export of cases can show one by accident: restricted by structure, not by a condition somebody may forget.

`texting` and `demo` ask it to open cases; it asks `offices` for units, `messaging` to tell citizens that
something changed (never what), `staff` who may do what.
"""
