//! A world in simulated time.
