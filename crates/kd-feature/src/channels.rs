use burn::tensor::Tensor;

/// The axis of channels: the second of a map, the last of vectors and tokens.
pub(crate) fn channel_axis<const D: usize>() -> usize {
    if D == 4 { 1 } else { D - 1 }
}

/// One value for each channel, to be broadcast over the other axes of `like`, on its device and in its type.
pub(crate) fn per_channel<const D: usize>(values: Tensor<1>, like: &Tensor<D>) -> Tensor<D> {
    let mut shape = [1; D];
    shape[channel_axis::<D>()] = values.dims()[0];
    values.to_device(&like.device()).cast(like.dtype()).reshape(shape)
}

/// `[channels, numbers of each]`.
pub(crate) fn by_channel<const D: usize>(x: Tensor<D>) -> Tensor<2> {
    let axis = channel_axis::<D>();
    let numbers = x.dims().iter().product::<usize>();
    let channels = x.dims()[axis];
    x.swap_dims(0, axis).reshape([channels, numbers / channels])
}
