//! A network with exits that can be run to one after the other.

use std::cell::RefCell;

use burn::tensor::{Device, Int, Tensor};
use kd::self_distillation::ExitByExit;
use kd_testkit::waves;

/// Each exit adds its map to the state, and shows the state as logits; it notes how many samples it was given.
pub struct Network {
    maps: Vec<Tensor<2>>,
    pub seen: RefCell<Vec<usize>>,
}

impl Network {
    /// Logits of four classes that grow from exit to exit.
    pub fn new(exits: usize, device: &Device) -> Self {
        let map = |exit: usize| waves([4, 4], exit as f64, device) * (exit + 1) as f64 * 0.6;
        Self {
            maps: (0..exits).map(map).collect(),
            seen: RefCell::default(),
        }
    }

    /// What all exits show for all samples.
    pub fn all(&self, input: Tensor<2>) -> Vec<Tensor<2>> {
        let mut state = self.start(input);
        let exits = 0..self.exits();
        let all = exits.map(|exit| {
            let (next, logits) = self.run_to(exit, state.clone());
            state = next;
            logits
        });
        all.collect()
    }
}

impl ExitByExit<Tensor<2>> for Network {
    /// The numbers, and a number of its own for each sample.
    type State = (Tensor<2>, Tensor<1, Int>);

    fn exits(&self) -> usize {
        self.maps.len()
    }

    fn start(&self, input: Tensor<2>) -> Self::State {
        let numbers = Tensor::arange(0..input.dims()[0] as i64, &input.device());
        (input, numbers)
    }

    fn run_to(&self, exit: usize, (state, numbers): Self::State) -> (Self::State, Tensor<2>) {
        assert_eq!(state.dims()[0], numbers.dims()[0]);
        self.seen.borrow_mut().push(state.dims()[0]);
        let state = state.clone() + state.matmul(self.maps[exit].clone());
        ((state.clone(), numbers), state)
    }
}

pub fn input(rows: usize, device: &Device) -> Tensor<2> {
    waves([rows, 4], 0.3, device)
}
