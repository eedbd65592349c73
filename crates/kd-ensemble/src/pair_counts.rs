use serde::{Deserialize, Serialize};

/// How often two members said the same, and how often each was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PairCounts {
    differ: u64,
    both_right: u64,
    only_first: u64,
    only_second: u64,
    both_wrong: u64,
}

impl PairCounts {
    /// A sample: what both said of it, and its label.
    pub fn add(&mut self, first: usize, second: usize, label: usize) {
        self.differ += u64::from(first != second);
        *match (first == label, second == label) {
            (true, true) => &mut self.both_right,
            (true, false) => &mut self.only_first,
            (false, true) => &mut self.only_second,
            (false, false) => &mut self.both_wrong,
        } += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        self.differ += other.differ;
        self.both_right += other.both_right;
        self.only_first += other.only_first;
        self.only_second += other.only_second;
        self.both_wrong += other.both_wrong;
    }

    pub fn disagreement(&self) -> f64 {
        self.differ as f64 / self.samples()
    }

    pub fn both_right(&self) -> f64 {
        self.both_right as f64 / self.samples()
    }

    pub fn double_fault(&self) -> f64 {
        self.both_wrong as f64 / self.samples()
    }

    /// Pearson's, of two numbers that are 1 where a member errs and 0 elsewhere; 0/0 where one always does or never.
    pub fn correlation(&self) -> f64 {
        let [both, first, second, none] = self.rights();
        let spread = (both + first) * (second + none) * (both + second) * (first + none);
        (both * none - first * second) / spread.sqrt()
    }

    /// Yule's Q; 0/0 in the same cases.
    pub fn q(&self) -> f64 {
        let [both, first, second, none] = self.rights();
        (both * none - first * second) / (both * none + first * second)
    }

    fn rights(&self) -> [f64; 4] {
        [self.both_right, self.only_first, self.only_second, self.both_wrong].map(|count| count as f64)
    }

    fn samples(&self) -> f64 {
        self.rights().iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(both_right: u64, only_first: u64, only_second: u64, both_wrong: u64) -> PairCounts {
        PairCounts {
            differ: only_first + only_second,
            both_right,
            only_first,
            only_second,
            both_wrong,
        }
    }

    #[test]
    fn members_that_err_together_and_never_together() {
        let (together, apart) = (counts(6, 0, 0, 2), counts(0, 3, 3, 0));
        assert_eq!((together.correlation(), together.q()), (1.0, 1.0));
        assert_eq!((apart.correlation(), apart.q()), (-1.0, -1.0));
        assert_eq!((together.double_fault(), apart.double_fault()), (0.25, 0.0));
    }

    #[test]
    fn members_that_know_nothing_of_each_other_have_0() {
        let independent = counts(8, 4, 2, 1);
        assert_eq!((independent.correlation(), independent.q()), (0.0, 0.0));
    }

    #[test]
    fn two_that_are_wrong_in_two_ways_disagree() {
        let mut pair = PairCounts::default();
        pair.add(1, 2, 0);
        pair.add(1, 1, 0);
        assert_eq!((pair.disagreement(), pair.double_fault()), (0.5, 1.0));
    }

    #[test]
    fn who_never_errs_has_no_correlation() {
        let perfect = counts(6, 2, 0, 0);
        assert!(perfect.correlation().is_nan() && perfect.q().is_nan());
    }

    #[test]
    fn many_samples_do_not_overflow() {
        let many = 1 << 40;
        assert!((counts(many, 0, 0, many).correlation() - 1.0).abs() < 1e-12);
    }
}
