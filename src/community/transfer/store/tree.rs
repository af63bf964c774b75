//! Sorting: every comment gets its page, what it stands under, and its place in the order of writing.

use rusqlite::{OptionalExtension, params};

use super::Staging;
use crate::base::error::{Error, Result};
use crate::community::comments::DEEPEST;

impl Staging {
    /// Once all is read: gives every comment its page, what it stands under and its level, or why it stays behind.
    /// Tells how many comments of how many are sorted.
    ///
    /// # Errors
    /// When the disk is full; what `told` answers.
    pub fn settle(&mut self, told: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        self.expect_room()?;
        told(0, 1)?;
        self.find_pages()?;
        self.find_parents()?;
        self.number_levels(told)?;
        self.drop_lonely_placeholders()?;
        self.connection.execute_batch(
            "UPDATE comments SET moved = 1 WHERE parent IS NOT NULL AND above IS NULL AND fate IS NULL;
             CREATE INDEX by_page ON comments (number, created_at) WHERE fate IS NULL;
             CREATE INDEX in_order ON comments (root_at, root, path_level, path, level) WHERE fate IS NULL;",
        )?;
        Ok(())
    }

    fn find_pages(&self) -> Result<()> {
        self.connection.execute_batch(
            "UPDATE comments SET number = (SELECT t.number FROM threads t WHERE t.source_id = comments.thread);
             UPDATE comments SET fate = CASE (SELECT t.deleted FROM threads t WHERE t.source_id = comments.thread)
                 WHEN 1 THEN 'its thread was deleted'
                 WHEN 0 THEN 'its thread does not say which page it belongs to'
                 ELSE 'its thread (' || substr(thread, 1, 40) || ') is not in the file' END
             WHERE number IS NULL;",
        )?;
        Ok(())
    }

    fn find_parents(&self) -> Result<()> {
        self.connection.execute_batch(
            "UPDATE comments SET above =
                 (SELECT p.seq FROM comments p
                  WHERE p.source_id = comments.parent AND p.number = comments.number AND p.fate IS NULL)
             WHERE parent IS NOT NULL AND fate IS NULL;
             CREATE INDEX by_above ON comments (above) WHERE above IS NOT NULL;
             CREATE INDEX by_wave ON comments (wave) WHERE fate IS NULL;",
        )?;
        Ok(())
    }

    /// Goes down all conversations at once, a wave for each reply. What is not reached hangs in or below a ring.
    fn number_levels(&self, told: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let all = self.number("SELECT count(*) FROM comments WHERE fate IS NULL")?;
        let (mut wave, mut done) = (0, 0);
        loop {
            done += self.begin_at_the_top(wave)?;
            loop {
                told(done, all)?;
                let reached = self.go_down(wave)?;
                wave += 1;
                done += reached;
                if reached == 0 {
                    break;
                }
            }
            if done >= all {
                return Ok(());
            }
            self.cut_rings()?;
        }
    }

    fn begin_at_the_top(&self, wave: i64) -> Result<u64> {
        let sql = "UPDATE comments SET wave = ?1, level = 0, root = seq, root_at = created_at, path = seq, path_level = 0
                   WHERE wave IS NULL AND above IS NULL AND fate IS NULL";
        Ok(self.connection.prepare_cached(sql)?.execute([wave])? as u64)
    }

    /// Numbers what answers the comments of a wave; how many do. Below the deepest level a conversation is cut, and
    /// goes on at the top.
    fn go_down(&self, wave: i64) -> Result<u64> {
        let sql = "UPDATE comments SET wave = ?1 + 1, level = n.level,
                       above = CASE n.level WHEN 0 THEN NULL ELSE comments.above END,
                       root = CASE n.level WHEN 0 THEN comments.seq ELSE n.root END,
                       root_at = CASE n.level WHEN 0 THEN comments.created_at ELSE n.root_at END,
                       path = CASE WHEN n.level > 0 AND comments.seq = n.first THEN n.path ELSE comments.seq END,
                       path_level = CASE WHEN n.level > 0 AND comments.seq = n.first THEN n.path_level ELSE n.level END
                   FROM (SELECT seq, root, root_at, path, path_level, (level + 1) % ?2 AS level,
                                (SELECT min(c.seq) FROM comments c WHERE c.above = p.seq) AS first
                         FROM comments p WHERE wave = ?1 AND fate IS NULL) n
                   WHERE comments.above = n.seq AND comments.fate IS NULL";
        Ok(self.connection.prepare_cached(sql)?.execute(params![wave, DEEPEST])? as u64)
    }

    /// Every ring has a comment that answers one that is not older than itself: it is cut there.
    fn cut_rings(&self) -> Result<()> {
        let sql = "UPDATE comments SET above = NULL WHERE wave IS NULL AND fate IS NULL AND
                       (SELECT (p.created_at, p.seq) >= (comments.created_at, comments.seq)
                        FROM comments p WHERE p.seq = comments.above)";
        if self.connection.execute(sql, [])? == 0 {
            return Err(Error::internal("an import could not be sorted into a tree"));
        }
        Ok(())
    }

    /// From the bottom up, so that a chain of placeholders with nothing below goes as a whole.
    fn drop_lonely_placeholders(&self) -> Result<()> {
        self.connection
            .execute_batch("CREATE INDEX placeholders ON comments (level) WHERE if_alone IS NOT NULL")?;
        let sql =
            "UPDATE comments SET fate = if_alone WHERE level = ?1 AND fate IS NULL AND if_alone IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.above = comments.seq AND c.fate IS NULL)";
        let mut drop = self.connection.prepare(sql)?;
        for level in (0..DEEPEST).rev() {
            drop.execute([level])?;
        }
        Ok(())
    }

    fn number(&self, sql: &str) -> Result<u64> {
        let number: Option<i64> = self.connection.query_row(sql, [], |row| row.get(0)).optional()?;
        Ok(number.unwrap_or_default().unsigned_abs())
    }
}
