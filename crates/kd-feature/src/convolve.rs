use burn::{
    nn::conv::Conv2d,
    tensor::{Tensor, module::conv2d, ops::ConvOptions},
};

/// The convolution at stride 1, in the precision of the map; with a kernel of odd size the map keeps its own.
pub(crate) fn convolve(conv: &Conv2d, map: Tensor<4>) -> Tensor<4> {
    let dtype = map.dtype();
    let weight = conv.weight.val().cast(dtype);
    let bias = conv.bias.as_ref().map(|bias| bias.val().cast(dtype));
    let padding = conv.kernel_size.map(|size| size / 2);
    conv2d(map, weight, bias, ConvOptions::new([1, 1], padding, [1, 1], 1))
}
