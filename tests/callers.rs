//! A panic over a mistake names the line that made it, and not one of this library. A binary of its own with a single test, for
//! the hook that hears of panics is the whole process's.

use std::panic::{catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex};

use kd::self_distillation::ByotLossConfig;
use kd::soft_label::{KnowledgeDistillationLossConfig, SoftLabelLossConfig};
use kd::train::SoftAndHardConfig;

#[test]
fn a_mistake_is_named_where_it_was_made() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = heard.clone();
    set_hook(Box::new(move |panic| {
        let place = panic.location().expect("panics have a place");
        notes.lock().unwrap().push(place.file().to_owned());
    }));
    let mistakes: [fn(); 4] = [
        || {
            let _ = SoftLabelLossConfig::new().with_temperature(0.0).init();
        },
        || {
            let _ = KnowledgeDistillationLossConfig::new().init().with_alpha(2.0);
        },
        || {
            let _ = ByotLossConfig::new().with_alpha(-1.0).init();
        },
        || {
            let _ = SoftAndHardConfig::new().with_alpha(7.0.into()).init();
        },
    ];
    let panicked = mistakes.map(|mistake| catch_unwind(mistake).is_err());
    drop(take_hook());
    assert_eq!(panicked, [true; 4]);
    assert_eq!(*heard.lock().unwrap(), [file!(); 4]);
}
