//! A client in simulated time: what each message of its stream comes to, exactly.

mod turn {
    mod allocating;
    mod client;
    mod credentials;
    mod hostile;
    mod peers;
    mod relaying;
}
