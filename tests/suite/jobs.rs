//! Jobs: listed with their last and next run, and run by hand on the dashboard and in a terminal.

use serde_json::Value;

use crate::support::{Admin, Instance, between, out, words};

/// What the audit trail tells of jobs that were run by hand: who, which and what came of it.
fn told(instance: &Instance) -> Vec<(String, String, String)> {
    let database = instance.database();
    let mut statement = database
        .prepare("SELECT actor, subject, became FROM audit WHERE action = 'job.run' ORDER BY id")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// The trail no longer fits together, so that the job that checks it fails.
fn damage_the_trail(instance: &Instance) {
    instance.sql("DROP TRIGGER audit_is_never_changed; UPDATE audit SET became = 'something else' WHERE id = (SELECT min(id) FROM audit)");
}

#[test]
fn the_page_of_jobs_shows_when_each_ran_and_is_due() {
    let (_instance, server, admin) = Instance::desk("none");
    let page = admin.page(&server, "/admin/jobs");
    for job in afterword::server::schedule::JOBS {
        assert!(
            page.contains(job.name) && page.contains(&job.about.replace('\'', "&#39;")),
            "{}: {page}",
            job.name
        );
    }
    assert!(
        page.contains("every hour at 29 minutes past") && page.contains("every day at 03:53 UTC"),
        "{page}"
    );
    assert_eq!(page.matches("never run yet").count(), afterword::server::schedule::JOBS.len());
    assert!(
        page.contains("aria-sort=\"ascending\"") && page.contains("/admin/jobs?sort=next&#38;dir=asc"),
        "{page}"
    );
    for from in ["/admin/", "/admin/settings"] {
        assert!(admin.page(&server, from).contains("href=\"/admin/jobs\""), "{from}");
    }
}

#[test]
fn a_job_is_run_from_its_page_and_the_trail_says_who_did() {
    let (instance, server, admin) = Instance::desk("none");
    let answer = admin.post(&server, "/admin/jobs/sessions-forget/run", &[]).expect(303);
    let page = admin.page(&server, answer.header("location").unwrap());
    assert!(page.contains("sessions-forget has run: forgot 0.") && page.contains(", took "), "{page}");
    assert_eq!(told(&instance), [("owner".into(), "job:sessions-forget".into(), "forgot 0".into())]);
    admin.post(&server, "/admin/jobs/nothing/run", &[]).problem(404);
    admin.post_bare(&server, "/admin/jobs/sessions-forget/run", &[]).problem(403);
    assert_eq!(told(&instance).len(), 1);
}

#[test]
fn a_job_that_fails_by_hand_is_in_the_trail_as_well() {
    let (instance, server, admin) = Instance::desk("none");
    damage_the_trail(&instance);
    let answer = admin.post(&server, "/admin/jobs/audit-verify/run", &[]).expect(303);
    let page = admin.page(&server, answer.header("location").unwrap());
    assert!(page.contains("class=\"flash wrong\"") && page.contains("audit-verify failed: "), "{page}");
    let failed = instance.run(&["job", "run", "audit-verify"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    let told = told(&instance);
    assert_eq!(told.iter().map(|(who, ..)| who.as_str()).collect::<Vec<_>>(), ["owner", "command line"]);
    assert!(told.iter().all(|(_, _, outcome)| outcome.starts_with("failed: ")), "{told:?}");
}

#[test]
fn a_job_that_is_running_is_not_begun_again() {
    let (instance, server, admin) = Instance::desk("none");
    let begin = |started: &str| {
        instance.sql(&format!("DELETE FROM job_runs; INSERT INTO job_runs (id, job, started) VALUES (1, 'bans-forget', {started})"));
    };
    let now = "CAST(strftime('%s', 'now') AS INTEGER) * 1000 + 1000";
    begin(now);
    assert!(admin.page(&server, "/admin/jobs").contains(">Running</span>"));
    admin.post(&server, "/admin/jobs/bans-forget/run", &[]).problem(409);
    // What began before the server did was cut off with the one before.
    begin(&format!("{now} - 3600000"));
    admin.post(&server, "/admin/jobs/bans-forget/run", &[]).expect(303);
}

#[test]
fn jobs_are_for_admins() {
    let (instance, server, _admin) = Instance::desk("none");
    let moderator = Admin::invited(&instance, &server, "mod@example.org", "moderator", &["blog"]);
    moderator.get(&server, "/admin/jobs").problem(403);
    moderator.post(&server, "/admin/jobs/sessions-forget/run", &[]).problem(403);
    let deputy = Admin::invited(&instance, &server, "admin@example.org", "admin", &[]);
    deputy.get(&server, "/admin/jobs").expect(200);
    assert_eq!(server.call("GET", "/admin/jobs").send().status, 303);
}

#[test]
fn the_terminal_lists_last_and_next_runs_for_people_and_programs() {
    let instance = Instance::blog();
    assert!(out(&instance.run(&["job", "list"])).contains("next run 20"));
    out(&instance.run(&["job", "run", "sessions-forget"]));
    let listed: Value = serde_json::from_str(&out(&instance.run(&["job", "list", "--json"]))).unwrap();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), afterword::server::schedule::JOBS.len());
    let job = listed.iter().find(|job| job["name"] == "sessions-forget").unwrap();
    assert_eq!(job["last_run"]["outcome"], "forgot 0");
    assert!(job["last_run"]["ended"].is_string() && job["about"].is_string(), "{job}");
    assert_eq!(between(job["next_run"].as_str().unwrap(), ":", "."), "29:00", "{job}");
    let other = listed.iter().find(|job| job["name"] == "bans-forget").unwrap();
    assert!(other["last_run"].is_null(), "{other}");
}
