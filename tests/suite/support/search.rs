//! Whether the index of words knows of every comment what the comments' own table does.

use std::collections::BTreeSet;

use afterword::base::id::Id;

use super::Instance;

impl Instance {
    /// Compares the marks of every comment in the index with the comment.
    #[track_caller]
    pub fn search_is_right(&self) {
        let reported = "SELECT id FROM comments c WHERE status = 'published' AND body <> '' AND EXISTS
            (SELECT 1 FROM reports r WHERE r.comment_id = c.id AND r.settled_by IS NULL)";
        self.is_marked("isreported", reported);
        for status in ["held", "spam"] {
            let sql = format!("SELECT id FROM comments WHERE status = '{status}' AND body <> ''");
            self.is_marked(&format!("is{status}"), &sql);
        }
        for (mark, column) in [
            ("inthread", "thread_id"),
            ("ofsite", "site_id"),
            ("byguest", "guest_id"),
            ("byaccount", "account_id"),
        ] {
            let each = format!("SELECT DISTINCT {column} FROM comments WHERE {column} IS NOT NULL");
            for id in self.numbers(&each) {
                let sql = format!("SELECT id FROM comments WHERE {column} = {id} AND body <> ''");
                self.is_marked(&format!("{mark}{}", Id(id)), &sql);
            }
        }
    }

    #[track_caller]
    fn is_marked(&self, mark: &str, sql: &str) {
        let found = format!("SELECT rowid FROM comments_fts WHERE comments_fts MATCH 'marks : {mark}'");
        assert_eq!(self.numbers(&found), self.numbers(sql), "{mark}");
    }

    fn numbers(&self, sql: &str) -> BTreeSet<i64> {
        let database = self.database();
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}
