//! The codes of the audit log in words.

use crate::texts::audit as words;
use contracts::Text;

/// What a code says; codes of a newer release have no words yet.
pub fn action_text(code: &str) -> Option<Text> {
    Some(match code {
        "account.confirmed" => words::ACCOUNT_CONFIRMED,
        "account.registered" => words::ACCOUNT_REGISTERED,
        "availability.buffers_saved" => words::AVAILABILITY_BUFFERS_SAVED,
        "availability.exception_added" => words::AVAILABILITY_EXCEPTION_ADDED,
        "availability.exception_deleted" => words::AVAILABILITY_EXCEPTION_DELETED,
        "availability.rule_added" => words::AVAILABILITY_RULE_ADDED,
        "availability.rule_deleted" => words::AVAILABILITY_RULE_DELETED,
        "booking.approved" => words::BOOKING_APPROVED,
        "booking.cancelled" => words::BOOKING_CANCELLED,
        "booking.cancelled_by_patient" => words::BOOKING_CANCELLED_BY_PATIENT,
        "booking.declined" => words::BOOKING_DECLINED,
        "booking.erased" => words::BOOKING_ERASED,
        "booking.expired" => words::BOOKING_EXPIRED,
        "booking.late_credit" => words::BOOKING_LATE_CREDIT,
        "booking.late_refund" => words::BOOKING_LATE_REFUND,
        "booking.payment_rejected" => words::BOOKING_PAYMENT_REJECTED,
        "booking.payment_verified" => words::BOOKING_PAYMENT_VERIFIED,
        "booking.proof_submitted" => words::BOOKING_PROOF_SUBMITTED,
        "booking.requested" => words::BOOKING_REQUESTED,
        "calendar.connected" => words::CALENDAR_CONNECTED,
        "calendar.disconnected" => words::CALENDAR_DISCONNECTED,
        "calendar.feed_renewed" => words::CALENDAR_FEED_RENEWED,
        "calendar.feed_stopped" => words::CALENDAR_FEED_STOPPED,
        "calendar.names_set" => words::CALENDAR_NAMES_SET,
        "login.failed" => words::LOGIN_FAILED,
        "login.reuse_detected" => words::LOGIN_REUSE_DETECTED,
        "login.succeeded" => words::LOGIN_SUCCEEDED,
        "member.disabled" => words::MEMBER_DISABLED,
        "member.enabled" => words::MEMBER_ENABLED,
        "member.invitation_revoked" => words::MEMBER_INVITATION_REVOKED,
        "member.invited" => words::MEMBER_INVITED,
        "member.joined" => words::MEMBER_JOINED,
        "message.resent" => words::MESSAGE_RESENT,
        "password.reset" => words::PASSWORD_RESET,
        "practice.instructions_saved" => words::PRACTICE_INSTRUCTIONS_SAVED,
        "practice.policy_saved" => words::PRACTICE_POLICY_SAVED,
        "practice.settings_saved" => words::PRACTICE_SETTINGS_SAVED,
        "service.saved" | "service.terms_saved" => words::SERVICE_SAVED,
        "therapist.added" => words::THERAPIST_ADDED,
        "therapist.photo_set" => words::THERAPIST_PHOTO_SET,
        "therapist.profile_saved" => words::THERAPIST_PROFILE_SAVED,
        "therapist.video_saved" => words::THERAPIST_VIDEO_SAVED,
        _ => return None,
    })
}
