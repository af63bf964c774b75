//! The thread under the demo's sample post, in the order it was written: a parent stands before its replies.

pub struct Line {
    pub key: &'static str,
    pub reply_to: Option<&'static str>,
    pub author: &'static str,
    pub minutes_ago: u32,
    pub body: &'static str,
    /// Votes up less votes down.
    pub score: i32,
    pub pinned: bool,
    pub held: bool,
    /// Written by the admin whose login the demo prints.
    pub owner: bool,
}

const fn line(key: &'static str, author: &'static str, minutes_ago: u32, body: &'static str) -> Line {
    Line {
        key,
        reply_to: None,
        author,
        minutes_ago,
        body,
        score: 0,
        pinned: false,
        held: false,
        owner: false,
    }
}

impl Line {
    const fn under(self, key: &'static str) -> Line {
        Line { reply_to: Some(key), ..self }
    }

    const fn score(self, score: i32) -> Line {
        Line { score, ..self }
    }

    const fn pinned(self) -> Line {
        Line { pinned: true, ..self }
    }

    const fn held(self) -> Line {
        Line { held: true, ..self }
    }

    const fn by_the_owner(self) -> Line {
        Line { owner: true, ..self }
    }
}

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

pub const THREAD: &[Line] = &[
    line(
        "rules",
        "Wren",
        4 * DAY + 2 * HOUR,
        "House rules, such as they are: be as wrong as you like, be kind about it, and no watches. Markdown works, \
         so `code` and *feeling* are both available. I have been told about the bug. **Tell me anyway.**",
    )
    .score(14)
    .pinned()
    .by_the_owner(),
    line(
        "dorota",
        "Dorota",
        4 * DAY + HOUR,
        r#"Four minutes is slander. It was three, and I had to find my glasses first.

For the record, the one that does not eat christenings:

```sh
for f in ./*.jpg; do
  day=$(date -r "$f" +%Y-%m-%d)
  n=1
  while [ -e "$day-$n.jpg" ]; do n=$((n + 1)); done
  mv -n -- "$f" "$day-$n.jpg"
done
```

The quotes are for people who name files `me and the bees (final) (2).jpg`. You know who you are."#,
    )
    .score(21),
    line("twice", "Teo", 4 * DAY + 40, "Lovely. Now run it twice.")
        .under("dorota")
        .score(12),
    line("oh-no", "Dorota", 4 * DAY + 31, "Oh no.").under("twice").score(18),
    line(
        "sorted",
        "Teo",
        4 * DAY + 12,
        r#"I did it so that you need not. Every photo stood up, walked to the end of the queue and sat down again.

Giving them somewhere to go fixes it:

```diff
+mkdir -p sorted
 for f in ./*.jpg; do
-  while [ -e "$day-$n.jpg" ]; do n=$((n + 1)); done
-  mv -n -- "$f" "$day-$n.jpg"
+  while [ -e "sorted/$day-$n.jpg" ]; do n=$((n + 1)); done
+  mv -n -- "$f" "sorted/$day-$n.jpg"
```"#,
    )
    .under("oh-no")
    .score(11),
    line(
        "toddler",
        "Priya",
        3 * DAY + 22 * HOUR,
        "Standing up, walking to the end of the queue and sitting down again is also how my toddler puts away books.",
    )
    .under("sorted")
    .score(9),
    line("contract", "Teo", 3 * DAY + 21 * HOUR, "Is she available for contract work?")
        .under("toddler")
        .score(4),
    line("raisins", "Priya", 3 * DAY + 20 * HOUR, "She bills in raisins. 🍇 Net thirty.")
        .under("contract")
        .score(16),
    line(
        "clap",
        "Hollis",
        3 * DAY + 9 * HOUR,
        "> Nobody is rewarded for a put-down, because there is nobody here to clap.\n\n\
         I moderated a forum of ninety thousand for six years, and this sentence has just explained all six to me.",
    )
    .score(13),
    line("one-clap", "Wren", 3 * DAY + 8 * HOUR, "👏 There. One person. You may now be unkind.")
        .under("clap")
        .score(10)
        .by_the_owner(),
    line("declined", "Hollis", 3 * DAY + 7 * HOUR, "I had something ready, but now it feels staged.")
        .under("one-clap")
        .score(6),
    line(
        "salma",
        "سلمى",
        2 * DAY + 19 * HOUR,
        "مدوّنتي عمرها ست سنوات وقرّاؤها لا يملؤون حافلة صغيرة، ومع ذلك أعرف أسماءهم جميعًا. \
         شكرًا على هذه المقالة، وعلى `mv -n` التي لم أكن أعرفها.",
    )
    .score(8),
    line(
        "minibus",
        "Wren",
        2 * DAY + 18 * HOUR,
        "A minibus is the right size. Everyone can hear the joke, and somebody always has a sandwich.",
    )
    .under("salma")
    .score(5)
    .by_the_owner(),
    line(
        "glue",
        "遥",
        2 * DAY + 6 * HOUR,
        "接着剤の名前を確かめたくて、先週また2017年のスレッドを読みに来ました。残しておいてくださってありがとうございます。\
         ちなみに、あの椅子はまだくっついています。",
    )
    .score(7),
    line(
        "disagree",
        "Grigor",
        DAY + 22 * HOUR,
        "A friendly objection. I closed the comments on mine in the spring and I do not miss them. People who have \
         something to say send me a letter now, and a letter has had a night's sleep before it arrives.",
    )
    .score(3),
    line(
        "letters",
        "Wren",
        DAY + 20 * HOUR,
        "I like letters too. But a letter is for one reader, and the christening was saved by the *second* reply, \
         from somebody who was correcting the first. ~~I rest my case.~~ I would like to hear yours, as it happens.",
    )
    .under("disagree")
    .score(6)
    .by_the_owner(),
    line(
        "newsletter",
        "Ottoline",
        DAY + 11 * HOUR,
        "Long, because it is raining here and nobody can stop me.\n\n\
         For twenty-two years I edited the newsletter of an allotment society. Four pages, once a month, run off on a \
         machine in the church hall that smelled of warm pears. I wrote the front page. I was proud of the front page. \
         I did a series on soil that I still think of as my best work, and as far as I know it was read by a man called \
         Desmond, who was deaf in one ear and may have been looking for the crossword.\n\n\
         Then one winter we were short by half a page. I had nothing left, so I printed a question somebody had put \
         through my door: *what is eating my broad beans, it leaves the stalks*. No answer, just the question, with \
         our telephone number under it. The next month I had eleven replies. The month after that I had replies to the \
         replies. By the spring the question page had taken over the back, and by the summer the inside, and in \
         September a woman from plot nineteen, who had not spoken to plot twenty since the business with the hose, wrote \
         three paragraphs on pigeons and addressed them to him by name.\n\n\
         I have thought about it a good deal since. It was not that they wanted to write. Half of them hated writing. \
         It was that a question had been left lying about where anyone might trip over it, and it is very hard to see a \
         thing done wrongly on a page and not pick up a pen. The front page was finished, you see. You can admire a \
         finished thing, but there is nowhere on it to put your hands.\n\n\
         I gave up the front page the next year. Nobody wrote in about that, except Desmond, who said that he had \
         been enjoying the soil.\n\n\
         So leave the bug in. It is the best line in the post.\n\n\
         (It was pigeons.)",
    )
    .score(27),
    line(
        "volume-two",
        "Priya",
        DAY + 10 * HOUR,
        "I read this out at breakfast, and have been asked for volume two. Also, is Desmond all right?",
    )
    .under("newsletter")
    .score(11),
    line(
        "desmond",
        "Ottoline",
        DAY + 9 * HOUR,
        "He has the plot by the gate, and a waiting list for his leeks.",
    )
    .under("volume-two")
    .score(15),
    line(
        "recipes",
        "Mina",
        20 * HOUR,
        "I look after the comments on a recipe site. What five years have taught me:\n\n\
         1. Somebody will leave out the main ingredient and report that it was bland.\n\
         2. Somebody else will have made it for a funeral, and say so in one line, and you will need a minute.\n\
         3. The question you are tired of is new to the person asking it.\n\
         4. People copy the first reply they see, manners included. Get there first and be nice.\n\n\
         And put [a list of the formatting](https://commonmark.org/help/) where people can find it, or they will \
         write in CAPITALS, for want of italics.",
    )
    .score(17),
    line(
        "bland",
        "Teo",
        19 * HOUR,
        "In my defence, it was a *lemon* cake and I had *limes*. I have apologised to the author and to the cake.",
    )
    .under("recipes")
    .score(8),
    line(
        "quiet",
        "Anselm",
        7 * HOUR,
        "I read with my ears, by way of a screen reader. I got from the title to this box without anything sliding in, \
         lighting up or asking to send me notifications. Whoever is responsible: thank you, it was like finding a \
         bench. My own blog is at https://example.org if anybody wants to sit on that one.",
    )
    .score(12),
    line(
        "watches",
        "Premium Timepiece Outlet",
        3 * HOUR,
        "Great post!! I was searching this informations since long time. Our customers also love: \
         [luxury watches 90% off](https://watches.example/deal), [replica gold](https://watches.example/gold), \
         [fast loans](https://loans.example/now). Bookmarked your blog!!!",
    )
    .held(),
    line(
        "first-time",
        "Noor",
        48,
        "I have read along since the plum cake and never written anything, so this is me saying hello. Hello. \
         Is there a version of the script for people who are a bit frightened of the terminal? Asking for me.",
    )
    .held(),
    line(
        "juno",
        "Juno",
        6,
        "Testing whether this box works at three in the morning with a baby on one arm. it does 🍼",
    )
    .score(4),
];
