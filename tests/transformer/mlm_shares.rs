//! Masks for masked language modelling: how many, and where, as chance would have it.

use kd::transformer::mlm::Tokens;

use crate::mlm::{MASK, SIZE, SPECIAL, config, masked, text, vocabulary};

/// That so many of so many is what chance makes of this probability, but for one time in a million.
fn assert_binomial(what: &str, successes: usize, of: usize, probability: f64) {
    let expected = of as f64 * probability;
    let deviation = (of as f64 * probability * (1.0 - probability)).sqrt();
    let off = (successes as f64 - expected) / deviation;
    assert!(
        off.abs() < 5.0,
        "{what}: {successes} of {of} where {expected:.1} ± {deviation:.1} were expected"
    );
}

#[test]
fn fifteen_percent_are_asked_for_and_of_these_80_10_10() {
    let masked = masked();
    let (mut text_tokens, mut asked, mut hidden, mut kept) = (0, 0, 0, 0);
    for number in 0..500 {
        let tokens = text(number);
        let sample = masked.sample(&tokens, 3, number).unwrap();
        text_tokens += tokens.len() - 2;
        for (place, &token) in tokens
            .ids()
            .iter()
            .enumerate()
            .filter(|(place, _)| sample.asked[*place])
        {
            asked += 1;
            hidden += usize::from(sample.ids[place] == MASK);
            kept += usize::from(sample.ids[place] == token);
        }
    }
    assert_eq!(text_tokens, 63_000);
    assert_binomial("asked", asked, text_tokens, 0.15);
    assert_binomial("hidden", hidden, asked, 0.8);
    // A random token is now and then the token itself.
    let ordinary = (SIZE - SPECIAL.len()) as f64;
    assert_binomial("kept", kept, asked, 0.1 + 0.1 / ordinary);
}

#[test]
fn other_shares_are_kept_as_well() {
    let config = config().with_share(0.4).with_mask(0.0).with_random(1.0);
    let masked = config.init(&vocabulary());
    let (mut asked, mut of_each) = (0, vec![0; SIZE]);
    for number in 0..400 {
        let sample = masked.sample(&text(number), 0, number).unwrap();
        for (&id, _) in sample.ids.iter().zip(&sample.asked).filter(|(_, asked)| **asked) {
            asked += 1;
            of_each[id as usize] += 1;
        }
    }
    assert_binomial("asked", asked, 400 * 126, 0.4);
    // Random tokens are of all that is text, equally likely: χ² has the mean n − 1 and the variance 2 (n − 1).
    assert!(SPECIAL.iter().all(|&special| of_each[special as usize] == 0));
    let ordinary = (SIZE - SPECIAL.len()) as f64;
    let expected = asked as f64 / ordinary;
    let drawn = (0..SIZE as u32).filter(|id| !SPECIAL.contains(id));
    let chi_square: f64 = drawn
        .map(|id| (f64::from(of_each[id as usize]) - expected).powi(2) / expected)
        .sum();
    assert!(
        (chi_square - (ordinary - 1.0)).abs() < 5.0 * (2.0 * (ordinary - 1.0)).sqrt(),
        "{chi_square}"
    );
}

#[test]
fn masks_of_two_epochs_have_nothing_in_common() {
    let masked = masked();
    let (mut first, mut both) = (0, 0);
    for number in 0..500 {
        let asked = |epoch| masked.sample(&text(number), epoch, number).unwrap().asked;
        for (now, next) in asked(0).into_iter().zip(asked(1)) {
            first += usize::from(now);
            both += usize::from(now && next);
        }
    }
    assert_binomial("asked for again", both, first, 0.15);
}

#[test]
fn of_two_tokens_one_is_asked_for_and_one_is_left() {
    let tokens = Tokens::new([101, 200, 300, 102]);
    for share in [0.01, 0.99] {
        let masked = config().with_share(share).init(&vocabulary());
        let mut first = 0;
        for number in 0..400 {
            let asked = masked.sample(&tokens, 0, number).unwrap().asked;
            assert_eq!(asked.iter().filter(|asked| **asked).count(), 1);
            first += usize::from(asked[1]);
        }
        assert_binomial("the first of two", first, 400, 0.5);
    }
    let alone = masked().sample(&Tokens::new([101, 200, 102]), 0, 0).unwrap();
    assert_eq!(alone.asked, [false, true, false]);
}

#[test]
fn whole_words_are_asked_for_whole() {
    let masked = config().with_whole_words(true).init(&vocabulary());
    let (mut words, mut asked, mut parts, mut hidden) = (0, 0, 0, 0);
    for number in 0..500 {
        let ids = text(number).ids().to_vec();
        // Words of one token, two and three in turn; 126 tokens are 63 of them.
        let of = (0..21u32).flat_map(|round| {
            [
                3 * round,
                3 * round + 1,
                3 * round + 1,
                3 * round + 2,
                3 * round + 2,
                3 * round + 2,
            ]
        });
        let of = [None].into_iter().chain(of.map(Some)).chain([None]);
        let of: Vec<Option<u32>> = of.collect();
        let sample = masked.sample(&Tokens::with_words(ids, &of), 0, number).unwrap();
        for word in 0..63 {
            let places = (0..of.len()).filter(|&place| of[place] == Some(word));
            let places: Vec<usize> = places.collect();
            let count = places.iter().filter(|&&place| sample.asked[place]).count();
            assert!(count == 0 || count == places.len(), "word {word} is asked for in part");
            words += 1;
            asked += usize::from(count > 0);
            parts += count;
            hidden += places.iter().filter(|&&place| sample.ids[place] == MASK).count();
        }
    }
    assert_binomial("words", asked, words, 0.15);
    assert_binomial("hidden", hidden, parts, 0.8);
}
