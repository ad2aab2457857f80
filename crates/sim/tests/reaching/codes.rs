//! What people change by their phones' keys.
