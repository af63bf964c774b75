//! Somebody at the dashboard, with a cookie and the forms' tokens but no script.

use super::{Answer, Call, Instance, TestServer, between, encoded, out};

pub const EMAIL: &str = "owner@example.org";
pub const PASSWORD: &str = "a few words in a row";

pub struct Admin {
    /// `name=value`, as it is sent back.
    pub cookie: String,
}

/// The session's cookie of an answer as it was set, attributes and all.
pub fn set_cookie(answer: &Answer) -> &str {
    answer.header("set-cookie").unwrap_or_else(|| panic!("no cookie was set: {}", answer.text()))
}

/// Fields as a browser sends them.
fn form(fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    fields.join("&")
}

/// Sends a form without being anybody.
#[track_caller]
pub fn send_form(call: Call<'_>, fields: &[(&str, &str)]) -> Answer {
    call.body("application/x-www-form-urlencoded", form(fields)).send()
}

/// The token of a link, which stands in its fragment.
#[track_caller]
pub fn token(printed: &str, path: &str) -> String {
    let rest = printed.split_once(path).unwrap_or_else(|| panic!("no {path} in: {printed}")).1;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).next().unwrap().to_owned()
}

/// Accepts an invitation.
#[track_caller]
pub fn join(server: &TestServer, code: &str, name: &str, password: &str) -> Answer {
    send_form(server.call("POST", "/admin/join"), &[("code", code), ("name", name), ("password", password)])
}

impl Admin {
    #[track_caller]
    pub fn sign_in(server: &TestServer) -> Self {
        let answer = Self::try_sign_in(server, EMAIL, PASSWORD).expect(303);
        Self::of(&answer)
    }

    #[track_caller]
    pub fn try_sign_in(server: &TestServer, email: &str, password: &str) -> Answer {
        send_form(server.call("POST", "/admin/sign-in"), &[("email", email), ("password", password)])
    }

    /// Somebody with a role who came by an invitation; a moderator for these sites.
    #[track_caller]
    pub fn invited(
        instance: &Instance,
        server: &TestServer,
        email: &str,
        role: &str,
        sites: &[&str],
    ) -> Self {
        let mut command = vec!["admin", "invite", "--email", email, "--role", role];
        for site in sites {
            command.extend(["--site", site]);
        }
        let code = token(&out(&instance.run(&command)), "/admin/join#");
        Self::of(&join(server, &code, "Somebody", PASSWORD).expect(303))
    }

    /// Whoever this answer signed in.
    pub fn of(answer: &Answer) -> Self {
        let cookie = set_cookie(answer).split(';').next().unwrap();
        Self { cookie: cookie.to_owned() }
    }

    #[track_caller]
    pub fn get(&self, server: &TestServer, path: &str) -> Answer {
        server.call("GET", path).header("cookie", &self.cookie).send()
    }

    /// A page's HTML.
    #[track_caller]
    pub fn page(&self, server: &TestServer, path: &str) -> String {
        self.get(server, path).expect(200).text()
    }

    /// What this session's forms carry.
    #[track_caller]
    pub fn csrf(&self, server: &TestServer) -> String {
        between(&self.page(server, "/admin/account"), "name=\"csrf\" value=\"", "\"").to_owned()
    }

    /// Sends a form with its token.
    #[track_caller]
    pub fn post(&self, server: &TestServer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(server);
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post_bare(server, path, &fields)
    }

    /// Sends a form with these fields only.
    #[track_caller]
    pub fn post_bare(&self, server: &TestServer, path: &str, fields: &[(&str, &str)]) -> Answer {
        send_form(server.call("POST", path).header("cookie", &self.cookie), fields)
    }

    /// Presses a button of the queue for these comments; the batch by which it can be undone.
    #[track_caller]
    pub fn moderate(&self, server: &TestServer, verb: &str, ids: &[&str]) -> String {
        let mut fields = vec![("bulk", verb)];
        fields.extend(ids.iter().map(|id| ("id", *id)));
        let answer = self.post(server, "/admin/queue", &fields).expect(303);
        let place = answer.header("location").unwrap();
        let done = place.rsplit_once("did=").unwrap_or_else(|| panic!("nothing to undo: {place}")).1;
        done.split('&').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn undo(&self, server: &TestServer, batch: &str) {
        self.post(server, "/admin/queue/undo", &[("batch", batch)]).expect(303);
    }

    /// The ids of the comments that a tab of the queue shows.
    #[track_caller]
    pub fn queue(&self, server: &TestServer, tab: &str) -> Vec<String> {
        let page = self.page(server, &format!("/admin/queue?status={tab}"));
        let boxes = page.split("type=\"checkbox\" name=\"id\" value=\"").skip(1);
        boxes.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }
}
