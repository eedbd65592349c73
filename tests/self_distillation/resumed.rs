//! A training that was interrupted goes on as if it had not been, to the bit.

use burn::{
    module::{Module, Param},
    nn::Linear,
    optim::{GradientsParams, SgdConfig},
    store::ModuleRecord,
    tensor::{Device, Tensor, TensorData},
};
use kd::{
    DistillLoss, Schedule,
    self_distillation::{PastPredictions, PastPredictionsConfig, ProgressiveLossConfig},
};
use kd_testkit::device;

use crate::folder::Folder;

const EPOCHS: usize = 4;
const BATCHES: [[usize; 3]; 4] = [[5, 0, 7], [2, 9, 4], [1, 3, 11], [8, 6, 10]];

fn student(device: &Device, seed: f32) -> Linear {
    let weight = (0..6).map(|at| (at as f32 + seed).sin()).collect::<Vec<_>>();
    let weight = Tensor::from_data(TensorData::new(weight, [2, 3]), device);
    Linear {
        weight: Param::from_tensor(weight),
        bias: None,
    }
}

/// One step of PS-KD on samples that are made of their numbers.
fn step(student: Linear, past: &mut PastPredictions, epoch: usize, ids: &[usize]) -> Linear {
    let device = student.weight.device();
    let inputs = ids.iter().flat_map(|&id| [(id as f32).cos(), id as f32 / 6.0 - 1.0]);
    let inputs = Tensor::from_data(TensorData::new(inputs.collect::<Vec<f32>>(), [ids.len(), 2]), &device);
    let labels = ids.iter().map(|id| (id % 3) as i32).collect::<Vec<_>>();
    let labels = Tensor::from_data(TensorData::new(labels, [ids.len()]), &device);

    let alpha = Schedule::linear(0.0, 0.8, EPOCHS);
    let loss = ProgressiveLossConfig::new().with_alpha(alpha.at(epoch)).init();
    let logits = student.forward(inputs);
    let teacher = past.teach(ids, labels).unwrap();
    let gradients = loss.forward(logits.clone(), teacher).backward();
    past.put(ids, logits).unwrap();
    let gradients = GradientsParams::from_grads(gradients, &student);
    SgdConfig::new().init().step(0.5, student, gradients)
}

fn numbers(student: &Linear) -> Vec<f32> {
    student.weight.val().into_data().try_to_vec().unwrap()
}

#[test]
fn a_run_that_was_interrupted_in_the_middle_of_an_epoch() {
    let folder = Folder::new("resumed-progressive");
    let device = device().autodiff();
    let config = PastPredictionsConfig::new(12, 3);
    let train = |interrupted: bool| {
        let (mut model, mut past) = (student(&device, 0.0), config.init());
        for epoch in 1..=EPOCHS {
            for (at, ids) in BATCHES.iter().enumerate() {
                model = step(model, &mut past, epoch, ids);
                if interrupted && (epoch, at) == (3, 1) {
                    past.save(folder.file("past")).unwrap();
                    let bytes = model.clone().into_record().into_bytes().unwrap();
                    let record = ModuleRecord::from_bytes(bytes).unwrap();
                    model = student(&device, 9.0).load_record(record);
                    past = PastPredictions::load(folder.file("past"), &config).unwrap();
                }
            }
            past.next_epoch();
        }
        numbers(&model)
    };
    let whole = train(false);
    assert_eq!(train(true), whole);
    assert_ne!(whole, numbers(&student(&device, 0.0)));
}
