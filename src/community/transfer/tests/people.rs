//! Who imported authors are here.

use super::*;

/// Every guest as `source: name email verified, comments`.
fn guests(garden: &Garden) -> Vec<String> {
    garden.ask(
        "SELECT g.source || ': ' || g.name || ' ' || g.email || ' ' || g.email_verified || ', ' ||
                (SELECT count(*) FROM comments c WHERE c.guest_id = g.id)
         FROM guests g ORDER BY g.id",
    )
}

#[test]
fn authors_stay_apart_unless_their_verified_email_is_the_same() {
    let garden = Garden::new();
    garden.import("commento", &fixture("commento.json"), false).unwrap();
    let expected = ["commento: Ada ada@garden.example 1, 2", "commento: Bo ADA@garden.example 0, 2"];
    assert_eq!(
        guests(&garden),
        expected,
        "two accounts of Ada's, one of somebody who only says so, and nobody"
    );
    garden.import("comentario", &fixture("comentario-v3.json"), false).unwrap();
    let more = guests(&garden);
    assert_eq!(more[0], "commento: Ada ada@garden.example 1, 3", "over there she was verified, too");
    assert_eq!(
        more[1..],
        [
            "commento: Bo ADA@garden.example 0, 2",
            "comentario: Cleo  0, 1",
            "comentario: Bo bo@garden.example 0, 2",
            "comentario: Ada Ada@Garden.example 0, 1",
        ]
        .map(str::to_owned)
    );
}

#[test]
fn who_has_no_id_is_known_by_name_and_email_as_they_are_spelt() {
    let garden = Garden::new();
    let mut xml = String::from("<disqus><thread id='1'><link>/a</link></thread>");
    for (number, (name, email)) in
        [("Ann", "a@b.example"), ("ann", "a@b.example"), ("Ann", "a@b.example"), ("Ann", ""), ("", "")]
            .iter()
            .enumerate()
    {
        xml.push_str(&format!(
            "<post id='{number}'><message>x</message><createdAt>2020-01-01T00:00:0{number}Z</createdAt>\
             <author><name>{name}</name><email>{email}</email></author><thread id='1'/></post>"
        ));
    }
    let file = garden.folder.path().join("names.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    garden.import("", &file, false).unwrap();
    assert_eq!(
        guests(&garden),
        ["disqus: Ann a@b.example 0, 2", "disqus: ann a@b.example 0, 1", "disqus: Ann  0, 1"],
        "and nobody is nobody's guest"
    );
}

#[test]
fn people_are_found_again_and_not_made_anew_for_what_is_there() {
    let garden = Garden::new();
    let file = fixture("remark42.json");
    garden.import("remark42", &file, false).unwrap();
    let before = guests(&garden);
    assert_eq!(
        before,
        ["remark42: Ada & Co ada@garden.example 1, 2", "remark42: cleo  0, 1", "remark42: Dan  0, 2",]
    );
    garden
        .db
        .write_blocking(|tx| {
            tx.execute("DELETE FROM comments WHERE source_id = 'c4'", [])?;
            tx.execute("DELETE FROM guests WHERE name = 'Dan'", [])?;
            Ok(())
        })
        .unwrap();
    garden.import("remark42", &file, false).unwrap();
    let expected = ["remark42: Ada & Co ada@garden.example 1, 2", "remark42: cleo  0, 1"];
    assert_eq!(guests(&garden), expected, "whoever was forgotten does not come back with the same file");
}
