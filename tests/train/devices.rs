//! Several devices, one student: the same as on one device that sees the whole batch.

use burn::tensor::Device;
use burn::tensor::distributed::{DistributedConfig, DistributedContext, ReduceOperation};
use burn::train::{ExecutionStrategy, Learner, MultiDeviceOptim, TrainingStrategy};
use kd::Replicas;
use kd::train::Distillation;
use kd_testkit::{contents, device};

use crate::model::{Model, Network, RATE, SAMPLES, loader, model, objective, optimizer, teacher, training};
use crate::rules::assert_near;

fn on(devices: Vec<Device>, optim: MultiDeviceOptim, model: Model) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let batch = SAMPLES.div_ceil(devices.len());
    let result = training(folder.path(), loader(batch).in_order(), loader(SAMPLES).in_order())
        .with_training_strategy(TrainingStrategy::Default(ExecutionStrategy::MultiDevice(
            devices, optim,
        )))
        .num_epochs(3)
        .launch(Learner::new(model, optimizer(), RATE));
    assert!(result.error.is_none(), "{:?}", result.error);
    contents(&result.model.into_student())
}

#[test]
fn two_devices_are_as_one() {
    let device = device().autodiff();
    let one = on(vec![device.clone()], MultiDeviceOptim::OptimMainDevice, model(&device));
    for optim in [MultiDeviceOptim::OptimMainDevice, MultiDeviceOptim::OptimSharded] {
        let two = on(vec![device.clone(); 2], optim, model(&device).with_step_rows(SAMPLES));
        assert_near("the student", &two, &one);
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
        model(&devices[0]),
    );
    let copies = Replicas::new(&devices, |device| teacher(&devices[0]).to_device(device));
    let model: Model = Distillation::new(Network::new(5, &devices[0]), copies, objective(4.0, 0.75));
    let two = on(
        devices,
        MultiDeviceOptim::OptimMainDevice,
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
    let one = on(devices.clone(), MultiDeviceOptim::OptimMainDevice, model(&devices[0]));
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
    assert_near("the student", &contents(&result.model.into_student()), &one);
}
