//! The API in process: who may do what, what comes back, what others hear of it.

mod api {
    mod access;
    mod administration;
    mod call_features;
    mod calls;
    mod canaries;
    mod checks;
    mod coming_together;
    pub(super) mod company;
    mod doctor;
    pub(super) mod events;
    mod flights;
    mod menus;
    mod network;
    mod one_number;
    mod recordings;
    mod relay;
    mod server;
    mod sign_in;
    mod sound;
    mod teams;
    mod trunk_tests;
    mod trunks;
}
