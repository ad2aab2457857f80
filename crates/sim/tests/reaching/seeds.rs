//! Whatever people forward, nothing is left behind.
