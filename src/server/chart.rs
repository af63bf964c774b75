//! Days as bars: where each part of each bar stands, in the units of the drawing.

use crate::community::comments::figures::Day;

/// Units of a day's width and of the whole height.
const SLOT: usize = 10;
const HEIGHT: i64 = 1000;

/// Comments a day, each day one bar of three parts.
pub struct Chart {
    pub width: usize,
    pub height: i64,
    /// The number at the upper end of the scale.
    pub top: i64,
    pub bars: Vec<Bar>,
    pub published: i64,
    pub held: i64,
    pub spam: i64,
}

pub struct Bar {
    pub x: usize,
    /// `2026-11-03`
    pub date: String,
    /// `Tue 3 Nov`
    pub day: String,
    pub counts: Day,
    /// From the foot up: published, held, spam; those that are nothing are left out.
    pub parts: Vec<Part>,
}

pub struct Part {
    pub kind: &'static str,
    pub y: i64,
    pub height: i64,
}

impl Chart {
    #[must_use]
    pub fn new(days: &[Day]) -> Self {
        let top = round_up(days.iter().map(Day::total).max().unwrap_or(0));
        let sum = |number: fn(&Day) -> i64| days.iter().map(number).sum();
        Self {
            width: SLOT * days.len(),
            height: HEIGHT,
            top,
            bars: days.iter().enumerate().map(|(at, day)| Bar::new(at, *day, top)).collect(),
            published: sum(|day| day.published),
            held: sum(|day| day.held),
            spam: sum(|day| day.spam),
        }
    }

    #[must_use]
    pub fn total(&self) -> i64 {
        self.published + self.held + self.spam
    }

    /// The day that has most.
    #[must_use]
    pub fn most(&self) -> Option<&Bar> {
        self.bars.iter().max_by_key(|bar| bar.counts.total()).filter(|bar| bar.counts.total() > 0)
    }
}

impl Bar {
    fn new(at: usize, day: Day, top: i64) -> Self {
        let numbers = [("published", day.published), ("held", day.held), ("spam", day.spam)];
        // However few of a kind there are, they are to be seen.
        let height = |number: i64| (number * HEIGHT / top).max(HEIGHT / 100);
        let mut parts: Vec<Part> = numbers
            .into_iter()
            .filter(|(_, number)| *number > 0)
            .map(|(kind, number)| Part { kind, y: 0, height: height(number) })
            .collect();
        let too_high = (parts.iter().map(|part| part.height).sum::<i64>() - HEIGHT).max(0);
        if let Some(highest) = parts.iter_mut().max_by_key(|part| part.height) {
            highest.height -= too_high;
        }
        let mut foot = HEIGHT;
        for part in &mut parts {
            foot -= part.height;
            part.y = foot;
        }
        Self { x: SLOT * at, date: day.begins.date(), day: day.begins.day_for_people(), counts: day, parts }
    }
}

/// The next 1, 2 or 5 with zeros behind it; at least 4, so that one comment does not fill the chart.
fn round_up(number: i64) -> i64 {
    let mut step = 1;
    loop {
        for scale in [step, 2 * step, 5 * step] {
            if scale >= number.max(4) {
                return scale;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Millis;

    fn day(published: i64, held: i64, spam: i64) -> Day {
        Day { begins: Millis(1_700_000_000_000), published, held, spam }
    }

    #[test]
    fn parts_stand_on_each_other_and_never_leave_the_drawing() {
        let chart = Chart::new(&[day(5, 3, 2), day(0, 0, 0), day(9997, 1, 1), day(1, 1, 1)]);
        assert_eq!((chart.top, chart.width, chart.total()), (10_000, 40, 10_012));
        for bar in &chart.bars {
            let mut foot = chart.height;
            for part in &bar.parts {
                assert!(part.height > 0 && part.y >= 0, "{}: {}", bar.day, part.kind);
                assert_eq!(part.y + part.height, foot);
                foot = part.y;
            }
        }
        assert!(chart.bars[1].parts.is_empty());
        assert_eq!(chart.most().unwrap().counts, day(9997, 1, 1));
    }

    #[test]
    fn the_scale_ends_in_a_round_number() {
        let tops = [0, 1, 4, 5, 6, 11, 20, 21, 51, 99, 101].map(round_up);
        assert_eq!(tops, [5, 5, 5, 5, 10, 20, 20, 50, 100, 100, 200]);
    }

    #[test]
    fn a_quiet_time_has_no_day_with_most() {
        assert!(Chart::new(&[day(0, 0, 0)]).most().is_none());
    }
}
