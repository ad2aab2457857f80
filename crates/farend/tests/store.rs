//! The store keeps its promises, on SQLite and on PostgreSQL: every case runs on both.

mod store {
    pub(super) mod audit;
    pub(super) mod call_features;
    pub(super) mod findings;
    pub(super) mod journal;
    pub(super) mod menus;
    pub(super) mod migrations;
    pub(super) mod people;
    pub(super) mod postgres;
    pub(super) mod recordings;
    pub(super) mod sharing;
    pub(super) mod trunks;
}

use std::pin::Pin;

use farend::config::Database;
use farend::store::{Cost, Store};

type Case = fn(Store) -> Pin<Box<dyn Future<Output = ()>>>;

/// Declares the suite: a test for each case on SQLite, and the list of all for PostgreSQL.
macro_rules! suite {
    ($($file:ident::$case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                let folder = tempfile::tempdir().expect("a folder");
                super::store::$file::$case(super::sqlite(&folder).await).await;
            })*
        }

        const CASES: &[(&str, Case)] = &[$((stringify!($case), |store| Box::pin(store::$file::$case(store)))),*];
    };
}

suite![
    findings::a_finding_comes_back_as_it_was_written_and_ends,
    findings::a_finding_is_forgotten_90_days_after_it_was_cleared,
    findings::what_the_doctor_knew_last_takes_the_place_of_what_it_knew_before,
    people::people_are_added_changed_and_removed,
    people::what_is_taken_is_named,
    people::a_number_can_be_given_to_somebody_else,
    people::sessions_are_listed_with_what_they_permit_while_they_last,
    people::people_sign_in_by_extension_or_login,
    people::a_new_password_ends_all_sessions,
    people::changing_ones_own_password_keeps_the_session_that_did_it,
    people::a_session_lasts_thirty_days_after_its_last_use,
    people::a_session_that_ended_is_over_at_once,
    people::a_person_has_fifty_sessions_at_most,
    people::the_last_administrator_stays,
    people::an_extension_brings_a_browser_phone_once,
    people::only_hashes_of_a_secret_are_kept,
    people::a_removed_person_leaves_no_device_and_no_session,
    people::every_change_counts_the_directory_up_even_at_the_same_time,
    people::feature_codes_can_be_remapped,
    people::the_demo_company_is_seeded_once_and_its_secrets_can_be_set_anew,
    sharing::a_shared_phone_is_open_to_whom_it_was_opened,
    sharing::a_browser_phone_is_one_persons,
    sharing::a_pin_is_kept_as_a_hash_and_checked,
    sharing::how_people_are_reached_comes_back_as_it_was_written,
    sharing::a_team_comes_back_as_it_was_written,
    sharing::a_number_is_a_persons_a_teams_or_a_features,
    sharing::of_two_who_want_one_number_at_the_same_time_one_gets_it,
    sharing::who_sits_where_outlives_a_restart,
    call_features::rules_come_back_as_they_were_written,
    call_features::a_code_changes_a_rule_and_says_who_dialled,
    call_features::a_time_profile_stays_while_a_forward_needs_it,
    call_features::a_rooms_number_is_nobody_elses,
    call_features::groups_and_parking_come_back_as_they_were_written,
    call_features::a_code_that_would_be_an_emergency_number_keeps_the_country_away,
    recordings::settings_and_rules_come_back_as_they_were_written,
    recordings::a_rule_goes_with_whom_it_is_about,
    recordings::permissions_reach_the_directory,
    recordings::a_recording_comes_back_as_it_was_written_and_ends_once,
    recordings::recordings_are_read_newest_first_by_who_may_hear_them,
    recordings::of_a_call_the_newest_recording_counts,
    recordings::a_removed_persons_recordings_stay,
    recordings::a_deletion_is_in_the_log_and_so_is_listening,
    menus::a_menu_comes_back_as_it_was_written,
    menus::a_menu_names_what_is_there,
    menus::who_has_left_does_not_stand_in_the_way_of_a_menus_new_name,
    menus::two_who_change_a_menu_at_the_same_time_both_have_done_it,
    menus::an_announcement_stays_while_a_menu_plays_it,
    menus::announcements_are_bounded_in_number_and_minutes,
    menus::a_prompt_is_replaced_and_restored,
    menus::prompts_are_spoken_in_the_language_of_the_country_until_somebody_decides,
    menus::a_time_profile_stays_while_night_service_permissions_or_menus_need_it,
    audit::the_log_says_who_has_changed_what,
    audit::what_changes_nothing_is_not_in_the_log,
    audit::what_was_not_done_is_not_in_the_log,
    audit::the_log_is_read_page_by_page_and_forgets_after_a_year,
    trunks::a_trunk_comes_back_as_it_was_written,
    trunks::what_a_removed_trunk_was_needed_for_goes_on_without_it,
    trunks::an_exception_is_inside_a_block_and_nothing_overlaps_otherwise,
    trunks::blocks_that_lead_to_extensions_are_bounded,
    trunks::routes_stand_in_the_order_that_was_wished,
    trunks::people_may_call_what_costs_little_until_somebody_decides_otherwise,
    trunks::without_a_country_there_are_only_extensions,
    trunks::nobodys_extension_is_an_emergency_number,
    trunks::every_change_of_trunks_counts_the_directory_up,
    journal::the_journal_tells_a_call_from_ring_to_end,
    journal::the_journal_is_read_page_by_page_without_a_gap,
    journal::a_call_for_help_keeps_the_place_of_then,
    journal::a_transferred_call_is_in_the_journal_of_who_got_it,
    journal::a_forwarded_call_is_in_the_journal_of_all_who_have_forwarded_it,
    journal::calls_cut_off_by_a_crash_end_at_the_last_sign_of_life,
    journal::odd_letters_from_peers_do_not_stop_the_journal,
    journal::nobody_elses_calls_are_in_the_journal,
];

#[tokio::test]
async fn one_half_of_the_suite_passes_on_postgresql() {
    pass_on_postgresql(&CASES[..CASES.len() / 2]).await;
}

#[tokio::test]
async fn the_other_half_of_the_suite_passes_on_postgresql() {
    pass_on_postgresql(&CASES[CASES.len() / 2..]).await;
}

async fn pass_on_postgresql(cases: &[(&str, Case)]) {
    let server = store::postgres::Server::start();
    for (name, case) in cases {
        let database = Database::Postgres(server.create_database(name));
        let opened = Store::open_with(&database, std::path::Path::new("/nonexistent"), Cost::Weak).await;
        case(opened.unwrap_or_else(|error| panic!("{name}: {error}"))).await;
    }
}

#[tokio::test]
async fn a_database_of_an_earlier_version_keeps_everything_on_postgresql() {
    let server = store::postgres::Server::start();
    store::migrations::from_postgres(server.create_database("of_an_earlier_version")).await;
}

#[tokio::test]
async fn a_database_of_an_earlier_version_keeps_everything() {
    store::migrations::from_sqlite().await;
}

#[tokio::test]
async fn what_was_written_is_there_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = sqlite(&folder).await;
    before
        .seed_demo(&farend::store::DemoSecrets::default(), time::OffsetDateTime::now_utc())
        .await
        .expect("seeded");
    // No close: as if killed.
    std::mem::forget(before);
    let after = sqlite(&folder).await;
    assert_eq!(after.users().await.expect("users").len(), 4);
}

#[tokio::test]
async fn the_journal_waits_for_a_database_that_fails_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    store::journal::survives_a_database_that_fails(sqlite(&folder).await, &folder.path().join("farend.db")).await;
}

#[tokio::test]
async fn who_sits_where_is_remembered_through_failures_of_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    store::sharing::remembers_through_failures(sqlite(&folder).await, &folder.path().join("farend.db")).await;
}

async fn sqlite(folder: &tempfile::TempDir) -> Store {
    Store::open_with(&Database::Sqlite, folder.path(), Cost::Weak)
        .await
        .expect("the database can be opened")
}
