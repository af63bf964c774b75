//! The suite: the real executable, started on a folder and a port of its own for each test, and asked over HTTP as
//! browsers, feed readers and shells would. The files mirror the rooms of `src/`.

// Here an unwrap is an assertion.
#![allow(clippy::unwrap_used)]

mod support;

mod addresses;
mod allow_list;
mod appearance;
mod audit;
mod bans;
mod blocked_words;
mod cli;
mod comments;
mod config;
mod disclosure;
mod export;
mod export_desk;
mod feeds;
mod health;
mod home;
mod idempotency;
mod imports;
mod injections;
mod invitations;
mod jobs;
mod kept;
mod listing;
mod mistakes;
mod moderation;
mod openapi;
mod own_comments;
mod page_keys;
mod people;
mod queue;
mod refusals;
mod rights;
mod running;
mod sessions;
mod settings;
mod setup;
mod sign_in;
mod site_removal;
mod sites;
mod storage;
mod storm;
mod stream;
mod tables;
mod threads;
mod tls;
mod transfer;
mod undo;
mod votes;
mod widget;
