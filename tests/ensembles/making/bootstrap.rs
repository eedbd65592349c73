use kd::ensemble::{Bootstrap, Seeds};

#[test]
fn what_a_member_learns_from_and_what_it_never_saw_make_the_dataset() {
    let bootstrap = Bootstrap::new(1000, 7);
    for member in 0..20 {
        let bag = bootstrap.bag(member);
        let unseen = bag.out_of_bag();
        assert_eq!((bag.indices().len(), bag.counts().iter().sum::<usize>()), (1000, 1000));
        assert_eq!(bag.distinct() + unseen.len(), 1000);
        assert!(unseen.iter().all(|index| !bag.indices().contains(index)));
    }
}

/// Two bags have no more in common than chance: a sample is in one whether it is in the other or not.
#[test]
fn bags_are_independent_of_each_other() {
    let samples = 10_000;
    let bags: Vec<Vec<usize>> = (0..4)
        .map(|member| Bootstrap::new(samples, 3).bag(member).counts())
        .collect();
    for first in 0..4 {
        for second in 0..first {
            let counts = bags[first].iter().zip(&bags[second]);
            // Counts have mean 1 and variance 1, so does the product of two that are independent, less 1.
            let covariance = counts.map(|(&a, &b)| (a as f64 - 1.0) * (b as f64 - 1.0)).sum::<f64>() / samples as f64;
            assert!(
                covariance.abs() < 5.0 / (samples as f64).sqrt(),
                "{first}, {second}: {covariance}"
            );
        }
    }
}

/// Not that these are better than others, but results in files are of these: whoever changes what is drawn notices.
#[test]
fn bags_and_seeds_are_those_they_have_always_been() {
    assert_eq!(Bootstrap::new(10, 42).bag(3).indices(), [2, 1, 7, 0, 0, 0, 7, 0, 4, 6]);
    let seeds = Seeds::new(42);
    let of_member_3 = [seeds.initialization(3), seeds.order(3, 1), seeds.dropout(3, 1)];
    assert_eq!(
        of_member_3,
        [2488198757167531076, 16409223812759292701, 2323414993881089451]
    );
}

#[test]
#[should_panic(expected = "Bootstrap: samples is 0, but must be at least 1")]
fn of_no_samples_there_are_no_bags() {
    let _ = Bootstrap::new(0, 42);
}

#[test]
fn a_number_from_a_flag_is_an_error_and_no_panic() {
    assert!(Bootstrap::try_new(0, 42).is_err());
}
