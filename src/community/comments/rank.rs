//! The order “best”.

/// Lower bound of the Wilson score interval for the share of up votes, at 95 % confidence: few votes
/// prove little, so 1 of 1 ranks below 90 of 100. 0 without votes.
///
/// Wilson, E. B. (1927), “Probable inference, the law of succession, and statistical inference”,
/// Journal of the American Statistical Association 22; for ranking: Miller, E. (2009), “How not to
/// sort by average rating”.
#[must_use]
pub fn wilson(up: u32, down: u32) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    let (up, n) = (f64::from(up), f64::from(up) + f64::from(down));
    if n == 0.0 {
        return 0.0;
    }
    let share = up / n;
    let spread = Z * ((share * (1.0 - share) + Z * Z / (4.0 * n)) / n).sqrt();
    (share + Z * Z / (2.0 * n) - spread) / (1.0 + Z * Z / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_good_votes_rank_above_few() {
        assert!(wilson(90, 10) > wilson(1, 0));
        assert!(wilson(1, 0) > wilson(0, 0));
        assert!(wilson(10, 0) > wilson(10, 5));
    }

    #[test]
    fn the_published_example_comes_out() {
        // One positive vote of one: 0.2065 at 95 %.
        assert!((wilson(1, 0) - 0.2065).abs() < 0.0001);
        assert!(wilson(0, 5) < 1e-9);
    }
}
