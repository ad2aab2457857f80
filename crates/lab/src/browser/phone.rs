//! The app's phone, as the person before the browser uses it.
