//! Inputs and exact commands.
