//! What is set up for people: desk phones that they control, mobiles, the certificate of the page.

use lab::baresip::Setup;
use lab::company::{id_of, share};
use lab::findings::{comes, mended, none, only};
use lab::net::addresses::{DESK_PHONE as DESK, OFFICE_PUBLIC, PBX, SERVER};
use lab::server::PORT;
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Baresip, Browser, Lab, wait};
use serde_json::json;

use crate::simple_phone::SimplePhone;
use crate::stage::{SERVERS, Stage};

/// Anna's desk phone.
const DESK_PHONE: Setup = Setup {
    server: "192.168.10.10",
    address: "192.168.10.20",
    interface: "lan",
    // The server hears at once that the phone is gone.
    transport: "tcp",
    ..Setup::of("101-desk")
};

#[test]
fn a_controlled_desk_phone_that_is_gone_and_a_mobile_without_a_route_are_told() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), SERVERS);
        let admin = &stage.admin;
        let desk = id_of(admin, "101-desk");
        admin
            .patch(&format!("/api/v1/devices/{desk}"), &json!({"rings": "when_answered"}))
            .unwrap();
        let phone = Baresip::start_on(stage.network.desk_phone(), DESK_PHONE).unwrap();
        wait::until_true_seldom("the phone is registered", findings_limit(), || {
            admin.is_registered("101-desk").unwrap()
        });
        none(admin);
        drop(phone);
        let found = only(admin, "f1_phone_offline", "desk_phone");
        assert_eq!(found["subject"]["device"], desk, "{found:#}");
        let phone = Baresip::start_on(stage.network.desk_phone(), DESK_PHONE).unwrap();
        mended(admin);

        let ben = user(&stage, "102");
        let path = format!("/api/v1/users/{ben}/ringing");
        let mut set_up = admin.fetch(&path).unwrap();
        let before = set_up.clone();
        set_up["mobile"] = json!({"number": "01701234567", "delay_s": 0});
        admin.put(&path, &set_up).unwrap();
        let found = only(admin, "h2_mobile_no_route", "configuration");
        assert_eq!(found["subject"]["extension"], "102", "{found:#}");
        admin.put(&path, &before).unwrap();
        mended(admin);
        drop(phone);
    });
}

#[test]
fn a_shared_phone_that_refuses_texts_and_one_that_goes_on_showing_a_number_are_told() {
    in_namespaces(|folder| {
        let stage = Stage::set(folder, Lab::new(), SERVERS);
        let admin = &stage.admin;
        let desk = id_of(admin, "101-desk");
        share(admin, "101-desk");
        let mut phone = SimplePhone::on(stage.network.desk_phone(), DESK, SERVER, "101-desk");
        phone.register();
        none(admin);

        // Its person's browser phone goes on: the desk phone is to show "Cancel mobility", and fails to.
        phone.answer_texts(500);
        let anna = Browser::open_on(stage.network.office_pc(), "anna", BROWSER_HZ, &[]).unwrap();
        anna.sign_in(&format!("https://{PBX}:{PORT}"), "101").unwrap();
        let found = only(admin, "rk_stuck", "desk_phone");
        assert_eq!(found["subject"]["device"], desk, "{found:#}");
        // A phone that has started anew is told again at once.
        phone.answer_texts(200);
        phone.unregister();
        phone.register();
        mended(admin);

        // Another firmware: it knows no texts at all.
        phone.answer_texts(405);
        phone.unregister();
        phone.register();
        let found = only(admin, "rk_no_display", "desk_phone");
        assert_eq!(found["subject"]["device"], desk, "{found:#}");
        phone.answer_texts(200);
        phone.unregister();
        phone.register();
        mended(admin);
    });
}

#[test]
fn a_certificate_about_to_end_is_told() {
    in_namespaces(|folder| {
        let tls = ending(folder);
        let stage = Stage::set_with(folder, Lab::new(), SERVERS, &tls);
        comes(stage.network.home_pc(), PBX, "101");
        only(&stage.admin, "p3_certificate_expiring", "configuration");
    });
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told_once_people_come_from_outside() {
    in_namespaces(|folder| {
        let stage = Stage::set_with(folder, Lab::new(), SERVERS, "");
        comes(stage.network.office_pc(), PBX, "102");
        comes(stage.network.home_pc(), PBX, "101");
        only(&stage.admin, "p3_certificate_untrusted", "configuration");
    });
}

fn findings_limit() -> std::time::Duration {
    lab::findings::SETTLED_LIMIT
}

fn user(stage: &Stage, extension: &str) -> u64 {
    let users = stage.admin.fetch("/api/v1/users").unwrap();
    let users = users["users"].as_array().unwrap();
    let user = users.iter().find(|user| user["extension"] == extension);
    user.unwrap()["id"].as_u64().unwrap()
}

/// The `[tls]` section of a server whose certificate ends in five days, by an authority of its own.
fn ending(folder: &std::path::Path) -> String {
    let authority = lab::Authority::new(folder).unwrap();
    authority.server_config_for_days(PBX, OFFICE_PUBLIC, 5).unwrap()
}
