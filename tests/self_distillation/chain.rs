//! Networks in a row: who teaches whom, what is kept when one fails, how far apart they are.

use kd::self_distillation::Chain;
use kd_testkit::for_each;

/// A network that knows its stage and who was there before.
type Network = (char, String);

fn train(before: &[Network], stage: &char) -> Result<Network, String> {
    Ok((*stage, before.iter().map(|(stage, _)| stage).collect()))
}

#[test]
fn each_is_taught_by_those_before() {
    let chain = Chain::new(['t', 'a', 's']);
    let mut networks = Vec::new();
    chain.run(&mut networks, train).unwrap();
    assert_eq!(networks, [('t', "".into()), ('a', "t".into()), ('s', "ta".into())]);
}

#[test]
fn a_teacher_that_there_is_is_not_trained_again() {
    let mut networks = vec![('t', "another's".into())];
    let mut trained = Vec::new();
    let outcome = Chain::new(['t', 'a', 's']).run(&mut networks, |before, stage| {
        trained.push(*stage);
        train(before, stage)
    });
    outcome.unwrap();
    assert_eq!((trained, networks.len()), (vec!['a', 's'], 3));
}

#[test]
fn what_is_finished_is_kept_when_a_stage_fails_and_the_rest_goes_on_from_there() {
    let chain = Chain::new(['t', 'a', 's']);
    let mut networks = Vec::new();
    let mut calls = 0;
    let mut run = |networks: &mut Vec<Network>, broken: Option<char>| {
        chain.run(networks, |before, stage| {
            calls += 1;
            match broken {
                Some(broken) if broken == *stage => Err("out of memory".to_string()),
                _ => train(before, stage),
            }
        })
    };
    assert_eq!(run(&mut networks, Some('s')), Err("out of memory".into()));
    assert_eq!(networks.len(), 2);
    run(&mut networks, None).unwrap();
    run(&mut networks, None).unwrap();
    assert_eq!((networks.last(), calls), (Some(&('s', "ta".into())), 4));
}

/// Steps are equal in the logarithm, ends exact, and as few as keep each within the ratio.
#[test]
fn assistants_are_as_few_as_reach_and_as_even_as_whole_numbers_are() {
    let sizes = (1_000usize..100_000, 1usize..2_000, 11u32..80);
    for_each(sizes, |(student, times, most)| {
        let (teacher, most) = (student * times, f64::from(most) / 10.0);
        let assistants = Chain::assistants(teacher, student, most).unwrap();
        let times = times as f64;
        // Where the ratio is a power of `most`, rounding decides.
        let exact = times.ln() / most.ln();
        if (exact - exact.round()).abs() > 1e-9 {
            assert_eq!(assistants, (exact.ceil() as usize).saturating_sub(1));
        }

        let chain = Chain::between(teacher, student, assistants).unwrap();
        let stages = chain.stages();
        assert_eq!(
            (stages[0], stages[stages.len() - 1], stages.len()),
            (teacher, student, assistants + 2)
        );
        let even = times.powf(1.0 / (assistants + 1) as f64);
        for pair in stages.windows(2) {
            let ratio = pair[0] as f64 / pair[1] as f64;
            // Half a parameter of a thousand, on either side.
            assert!((ratio / even - 1.0).abs() < 1.1e-3, "{stages:?}");
        }
    });
}

/// Where the ratio is a power of `most`, the last step is as long as it may be; the next parameter is too many.
#[test]
fn a_power_is_reached_and_one_more_is_not() {
    let assistants = |teacher, most| Chain::assistants(teacher, 1, most).unwrap();
    for most in [2usize, 3, 5, 7, 10] {
        for steps in 1..=8 {
            let teacher = most.pow(steps as u32);
            assert_eq!(assistants(teacher, most as f64), steps - 1, "{most}^{steps}");
            assert_eq!(assistants(teacher + 1, most as f64), steps, "{most}^{steps} + 1");
        }
    }
    assert_eq!((assistants(1, 5.0), assistants(4, 1e300)), (0, 0));
}

/// Steps that hardly shrink are many, and counting them takes no time.
#[test]
fn tiny_steps_are_counted_and_not_taken() {
    let least = 1.0 + f64::EPSILON;
    assert_eq!(Chain::assistants(7, 7, least).unwrap(), 0);
    for (most, teacher) in [(least, 2), (1.0 + 1e-9, 1_000_000), (1.000_1, usize::MAX)] {
        let steps = Chain::assistants(teacher, 1, most).unwrap() as f64 + 1.0;
        let exact = (teacher as f64).ln() / (most - 1.0).ln_1p();
        // The next step, and the rounding of a number of that many digits.
        assert!((steps - exact).abs() <= 1.0 + 1e-14 * exact, "{steps} for {exact}");
    }
}

#[test]
fn impossible_sizes_are_errors_that_say_what_to_do() {
    let told = |message: String, words: &str| assert!(message.contains(words), "{message}");
    told(
        Chain::between(0, 0, 1).unwrap_err().to_string(),
        "Chain: the student's number of parameters is 0, but must be at least 1",
    );
    told(
        Chain::assistants(10, 20, 5.0).unwrap_err().to_string(),
        "is 20, but must be at most the teacher's (are they the wrong way round?)",
    );
    for most in [1.0, 0.5, f64::NAN, f64::INFINITY] {
        told(
            Chain::assistants(20, 10, most).unwrap_err().to_string(),
            "must be a finite number above 1",
        );
    }
}

#[test]
fn it_survives_serde() {
    let chain = Chain::new(["resnet110".to_string(), "resnet20".to_string()]);
    let json = serde_json::to_string(&chain).unwrap();
    assert_eq!(serde_json::from_str::<Chain<String>>(&json).unwrap(), chain);
}

#[test]
fn an_empty_chain_in_a_file_is_an_error() {
    let error = serde_json::from_str::<Chain<String>>(r#"{"stages":[]}"#).unwrap_err();
    let expected = "Chain: the number of stages is 0, but must be at least 1";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
#[should_panic(expected = "Chain: there are no stages; give at least one")]
fn an_empty_chain_panics() {
    Chain::<char>::new([]);
}

#[test]
#[should_panic(expected = "Chain: there are 2 networks for 1 stages")]
fn more_networks_than_stages_panic() {
    let mut networks = vec![('t', String::new()), ('a', String::new())];
    let _ = Chain::new(['t']).run(&mut networks, train);
}
