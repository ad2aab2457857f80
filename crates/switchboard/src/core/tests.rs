//! Scripted SIP messages.
