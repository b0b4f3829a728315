//! The contract of the store: every story runs once on SQLite and once on PostgreSQL.
//!
//! `cargo xtask test rust` starts a throw-away PostgreSQL for them. Each story has a database (or
//! a schema) of its own, so all of them run at the same time.

mod apps;
mod generations;
mod launches;
mod opening;
mod permissions;
mod records;
mod replies;
mod settings;
mod storage;
mod versions;
mod world;

/// Makes two tests of each story: `the_story::sqlite` and `the_story::postgres`.
macro_rules! stories {
    ($($module:ident :: $story:ident),* $(,)?) => {$(
        mod $story {
            use crate::world::{Backend, Outcome, World};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() -> Outcome {
                let world = World::new(Backend::Sqlite).await?;
                crate::$module::$story(&world).await?;
                world.database.end().await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() -> Outcome {
                let world = World::new(Backend::Postgres).await?;
                crate::$module::$story(&world).await?;
                world.database.end().await
            }
        }
    )*};
}

stories! {
    apps::an_app_is_kept_as_it_was_given,
    apps::apps_of_one_person_are_listed_last_changed_first,
    apps::a_deletion_can_be_taken_back,
    apps::an_app_begins_with_its_generation_or_not_at_all,
    apps::an_app_can_be_told_never_to_leave_this_machine,
    apps::a_name_with_nul_is_kept_with_a_replacement,
    versions::a_version_is_kept_with_files_and_bundle,
    versions::numbers_count_up_within_an_app,
    versions::numbers_have_no_gap_when_many_write_at_once,
    versions::only_a_runnable_version_becomes_the_head,
    versions::equal_files_are_kept_once,
    versions::a_version_cannot_have_a_parent_in_another_app,
    versions::a_version_that_fails_leaves_nothing_behind,
    versions::texts_of_any_characters_survive,
    generations::a_generation_is_kept_as_it_was_given,
    generations::a_journal_is_read_in_order_from_anywhere,
    generations::a_journal_has_no_gaps_and_no_doubles,
    generations::the_outcome_is_stored_with_the_last_entries,
    generations::nothing_follows_an_outcome,
    generations::only_one_of_two_ends_a_generation,
    generations::running_generations_are_found_after_a_crash,
    launches::an_ended_launch_is_remembered_until_its_time_is_over,
    launches::signing_out_never_counts_from_an_earlier_moment,
    records::a_record_is_kept_and_listed_oldest_first,
    records::a_record_belongs_to_one_app_person_and_collection,
    records::a_write_that_saw_an_old_revision_is_refused,
    records::of_many_writers_at_one_revision_one_wins,
    records::records_are_limited_however_many_write_at_once,
    records::records_are_limited_in_bytes,
    records::a_deleted_app_keeps_no_new_records,
    storage::keys_are_set_replaced_removed_and_cleared,
    storage::keys_are_changed_all_or_none,
    storage::storage_is_limited_in_bytes,
    storage::storage_belongs_to_one_app_and_person,
    permissions::a_consent_is_kept_replaced_and_taken_back,
    permissions::consents_of_deleted_apps_are_not_listed,
    permissions::tokens_are_counted_per_day_up_to_a_limit,
    settings::what_a_person_chose_is_kept_and_replaced,
    settings::a_secret_is_kept_per_person_and_name_until_it_is_removed,
    settings::costs_are_added_per_person_and_month,
    settings::costs_at_the_same_time_are_all_counted,
    settings::a_profile_is_kept_per_model_and_replaced,
    replies::a_reply_is_kept_and_found_in_its_setting,
    replies::the_same_request_keeps_its_newest_reply,
    replies::replies_are_limited_in_number_bytes_and_age,
    replies::replies_go_with_their_app,
    opening::tables_of_the_first_step_are_brought_up_to_date,
    opening::a_store_opened_again_has_everything,
    opening::many_open_an_empty_database_at_once,
    opening::tables_that_are_not_ours_are_left_alone,
    opening::a_newer_database_is_refused,
    opening::a_failing_database_is_an_error,
}
