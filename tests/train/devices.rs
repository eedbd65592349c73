//! Several devices, one student: the same as on one device that sees the whole batch.

use burn::tensor::Device;
use burn::tensor::distributed::{DistributedConfig, DistributedContext, ReduceOperation};
use burn::train::{ExecutionStrategy, Learner, MultiDeviceOptim, TrainingStrategy};
use kd::Replicas;
use kd::train::Distillation;
use kd_testkit::{contents, device};

use crate::model::{Model, Network, RATE, SAMPLES, loader, model, objective, optimizer, teacher, training};
use crate::rules::assert_near;

/// The student after three epochs of one step each, to which every device gives this many pieces.
fn on(devices: Vec<Device>, optim: MultiDeviceOptim, pieces: usize, model: Model) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let batch = SAMPLES.div_ceil(devices.len() * pieces);
    let result = training(folder.path(), loader(batch).in_order(), loader(SAMPLES).in_order())
        .with_training_strategy(TrainingStrategy::Default(ExecutionStrategy::MultiDevice(
            devices, optim,
        )))
        .grads_accumulation(pieces)
        .num_epochs(3)
        .launch(Learner::new(model, optimizer(), RATE));
    assert!(result.error.is_none(), "{:?}", result.error);
    assert_eq!(result.model.steps(), 3);
    contents(&result.model.into_student())
}

#[test]
fn several_devices_are_as_one() {
    let device = device().autodiff();
    let one = on(
        vec![device.clone()],
        MultiDeviceOptim::OptimMainDevice,
        1,
        model(&device),
    );
    for optim in [MultiDeviceOptim::OptimMainDevice, MultiDeviceOptim::OptimSharded] {
        // Of three devices the last has a sample more than the others, and of two pieces the second is smaller.
        for (count, pieces) in [(2, 1), (3, 1), (2, 2), (3, 2)] {
            let model = model(&device).with_step_rows(SAMPLES);
            let several = on(vec![device.clone(); count], optim, pieces, model);
            assert_near(&format!("{optim:?}, {count} devices, {pieces} pieces"), &several, &one);
        }
    }
}

/// The copies are where their part of the batch is.
#[cfg(feature = "ndarray")]
#[test]
fn two_backends_are_as_one() {
    #[allow(deprecated, reason = "deprecated upstream, still supported here")]
    let devices = vec![Device::flex().autodiff(), Device::ndarray().autodiff()];
    let one = on(
        devices[..1].to_vec(),
        MultiDeviceOptim::OptimMainDevice,
        1,
        model(&devices[0]),
    );
    let copies = Replicas::new(&devices, |device| teacher(&devices[0]).to_device(device));
    let model: Model = Distillation::new(Network::new(5, &devices[0]), copies, objective(4.0, 0.75));
    let two = on(
        devices,
        MultiDeviceOptim::OptimMainDevice,
        1,
        model.with_step_rows(SAMPLES),
    );
    assert_near("the student", &two, &one);
}

/// The devices between which Burn reduces gradients: CUDA's, and no other's in 0.22.1.
fn reducing() -> Vec<Device> {
    #[cfg(feature = "cuda")]
    return Device::enumerate(burn::tensor::DeviceType::Cuda).into_iter().collect();
    #[cfg(not(feature = "cuda"))]
    Vec::new()
}

#[test]
fn two_devices_that_reduce_gradients_are_as_one() {
    let mut devices: Vec<_> = reducing().into_iter().take(2).map(Device::autodiff).collect();
    let Some(second) = devices.pop().filter(|_| !devices.is_empty()) else {
        println!("nothing to test: there are not two CUDA devices");
        return;
    };
    let one = on(
        devices.clone(),
        MultiDeviceOptim::OptimMainDevice,
        1,
        model(&devices[0]),
    );
    devices.push(second);

    let folder = tempfile::tempdir().unwrap();
    let copies = Replicas::new(&devices, |device| teacher(&devices[0]).to_device(device));
    let model: Model = Distillation::new(Network::new(5, &devices[0]), copies, objective(4.0, 0.75));
    let all_reduce_op = ReduceOperation::Sum;
    let context = DistributedContext::init(devices.clone(), DistributedConfig { all_reduce_op });
    let strategy = ExecutionStrategy::DistributedDataParallel { devices, context };
    let result = training(
        folder.path(),
        loader(SAMPLES / 2).in_order(),
        loader(SAMPLES).in_order(),
    )
    .with_training_strategy(TrainingStrategy::Default(strategy))
    .num_epochs(3)
    .launch(Learner::new(model.with_step_rows(SAMPLES), optimizer(), RATE));
    assert!(result.error.is_none(), "{:?}", result.error);
    assert_near("the student", &contents(&result.model.into_student()), &one);
}
