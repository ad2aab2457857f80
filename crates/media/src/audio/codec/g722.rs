//! G.722 at 64 kbit/s (ITU-T G.722, mode 1): 16 kHz sound in two bands, each coded by adaptive differences.
//!
//! ```text
//!  pair of samples ─► QMF ─┬─ low band ──► 6 bits of difference ─┐
//!                          └─ high band ─► 2 bits of difference ─┴─► one byte
//! ```
//!
//! Our own and not `audio-codec`'s, because that one starts its decoder from a state that is not the recommendation's, and
//! then follows a peer's stream with an error of -28 dB until the first pause. Comments name the blocks of the recommendation.

/// The quadrature mirror filter: every second coefficient; the other half is its mirror image.
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
/// Decision levels of the low band's quantizer, in units of the step size over 4096.
const LOW_DECISIONS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980,
    2195, 2557, 2919,
];
/// Output levels of all six bits of the low band, in units of the step size over 32768.
const LOW_LEVELS_6_BITS: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856, -7192, -6576,
    -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984,
    13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040,
    728, 432, 136, -432, -136,
];
/// Output levels of the upper four bits, which steer the adaptation.
const LOW_LEVELS_4_BITS: [i32; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
];
/// By how much the upper four bits change the logarithm of the low band's step size.
const LOW_STEP_CHANGES: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
/// Output levels of the high band's two bits.
const HIGH_LEVELS: [i32; 4] = [-7408, -1616, 7408, 1616];
/// By how much the two bits change the logarithm of the high band's step size.
const HIGH_STEP_CHANGES: [i32; 4] = [798, -214, 798, -214];
/// The fractional part of the step size's logarithm, made linear.
const STEP_MANTISSAS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228,
    3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

/// One band: the step size and the predictor, which both ends adapt in the same way from the code alone.
#[derive(Clone)]
struct Band {
    /// The prediction, and the part of it that comes from differences (the zeros).
    prediction: i32,
    prediction_of_zeros: i32,
    /// The last two reconstructed signals, and their parts without the poles.
    reconstructed: [i32; 2],
    partial: [i32; 2],
    poles: [i32; 2],
    differences: [i32; 6],
    zeros: [i32; 6],
    step_log: i32,
    step: i32,
}

impl Band {
    const fn new(step: i32) -> Self {
        Self {
            prediction: 0,
            prediction_of_zeros: 0,
            reconstructed: [0; 2],
            partial: [0; 2],
            poles: [0; 2],
            differences: [0; 6],
            zeros: [0; 6],
            step_log: 0,
            step,
        }
    }

    /// Blocks 3L and 3H (LOGSC, SCALE): the step size for the next sample.
    fn adapt_step(&mut self, change: i32, log_max: i32, exponent_max: i32) {
        self.step_log = (((self.step_log * 127) >> 7) + change).clamp(0, log_max);
        let mantissa = STEP_MANTISSAS[((self.step_log >> 6) & 31) as usize];
        let shift = exponent_max - (self.step_log >> 11);
        self.step = if shift < 0 { mantissa << -shift } else { mantissa >> shift } << 2;
    }

    /// Blocks 4L and 4H: takes the quantized difference into the predictor, and predicts the next sample.
    fn adapt_predictor(&mut self, difference: i32) {
        // RECONS, PARREC
        let reconstructed = saturate(self.prediction + difference);
        let partial = saturate(self.prediction_of_zeros + difference);
        // UPPOL2, UPPOL1: sign correlation of the partially reconstructed signal, with leakage and limits for stability
        let alike_1 = (partial ^ self.partial[0]) >= 0;
        let alike_2 = (partial ^ self.partial[1]) >= 0;
        let pole_1_by_4 = saturate(self.poles[0] << 2);
        let pull = if alike_1 { -pole_1_by_4 } else { pole_1_by_4 }.min(32_767) >> 7;
        let pole_2 = pull + if alike_2 { 128 } else { -128 } + ((self.poles[1] * 32_512) >> 15);
        let pole_2 = pole_2.clamp(-12_288, 12_288);
        let pole_1 = saturate(((self.poles[0] * 32_640) >> 15) + if alike_1 { 192 } else { -192 });
        let limit = 15_360 - pole_2;
        self.poles = [pole_1.clamp(-limit, limit), pole_2];
        // UPZERO
        let gain = if difference == 0 { 0 } else { 128 };
        for (zero, past) in self.zeros.iter_mut().zip(&self.differences) {
            let change = if (past ^ difference) >= 0 { gain } else { -gain };
            *zero = saturate(((*zero * 32_640) >> 15) + change);
        }
        // DELAYA
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        // FILTEP, FILTEZ, PREDIC
        let of_poles: i32 = self
            .poles
            .iter()
            .zip(&self.reconstructed)
            .map(|(pole, past)| (pole * saturate(past << 1)) >> 15)
            .sum();
        let of_zeros: i32 = self
            .zeros
            .iter()
            .zip(&self.differences)
            .map(|(zero, past)| (zero * saturate(past << 1)) >> 15)
            .sum();
        self.prediction_of_zeros = saturate(of_zeros);
        self.prediction = saturate(saturate(of_poles) + self.prediction_of_zeros);
    }

    fn follow_low(&mut self, code: i32) {
        let upper = (code >> 2) as usize;
        let difference = (self.step * LOW_LEVELS_4_BITS[upper]) >> 15;
        self.adapt_step(LOW_STEP_CHANGES[upper], 18_432, 8);
        self.adapt_predictor(difference);
    }

    fn follow_high(&mut self, code: i32) {
        let difference = (self.step * HIGH_LEVELS[code as usize]) >> 15;
        self.adapt_step(HIGH_STEP_CHANGES[code as usize], 22_528, 10);
        self.adapt_predictor(difference);
    }

    /// Blocks 1L (SUBTRA, QUANTL): the six bits of a sample.
    fn quantize_low(&self, sample: i32) -> i32 {
        let difference = saturate(sample - self.prediction);
        let magnitude = if difference < 0 { !difference } else { difference };
        let interval = LOW_DECISIONS.partition_point(|level| (level * self.step) >> 12 <= magnitude) as i32;
        match (difference < 0, interval) {
            (true, 0..2) => 63 - interval,
            (true, _) => 33 - interval,
            (false, _) => 61 - interval,
        }
    }

    /// Blocks 1H (SUBTRA, QUANTH): the two bits of a sample.
    fn quantize_high(&self, sample: i32) -> i32 {
        let difference = saturate(sample - self.prediction);
        let magnitude = if difference < 0 { !difference } else { difference };
        let outer = magnitude >= (564 * self.step) >> 12;
        match (difference < 0, outer) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        }
    }
}

/// The last 24 samples (or sums and differences of the bands), oldest first, split by parity.
#[derive(Clone)]
struct Qmf {
    even: [i32; 12],
    odd: [i32; 12],
}

impl Qmf {
    const fn new() -> Self {
        Self {
            even: [0; 12],
            odd: [0; 12],
        }
    }

    /// Takes a pair and gives both halves of the filter's sum.
    fn filter(&mut self, first: i32, second: i32) -> (i32, i32) {
        self.even.copy_within(1.., 0);
        self.odd.copy_within(1.., 0);
        self.even[11] = first;
        self.odd[11] = second;
        let of_even = self.even.iter().zip(&QMF).map(|(sample, weight)| sample * weight).sum();
        let of_odd = self.odd.iter().zip(QMF.iter().rev()).map(|(sample, weight)| sample * weight).sum();
        (of_even, of_odd)
    }
}

/// Encodes 16 kHz PCM, one byte for two samples.
#[derive(Clone)]
pub struct Encoder {
    qmf: Qmf,
    low: Band,
    high: Band,
}

impl Default for Encoder {
    fn default() -> Self {
        Self {
            qmf: Qmf::new(),
            low: Band::new(32),
            high: Band::new(8),
        }
    }
}

impl Encoder {
    /// Encodes as many pairs as there are and as the payload has room for, and returns how many.
    pub fn encode(&mut self, pcm: &[i16], payload: &mut [u8]) -> usize {
        let mut bytes = 0;
        for (pair, byte) in pcm.chunks_exact(2).zip(payload) {
            let (of_even, of_odd) = self.qmf.filter(i32::from(pair[0]), i32::from(pair[1]));
            let low = self.low.quantize_low((of_odd + of_even) >> 14);
            self.low.follow_low(low);
            let high = self.high.quantize_high((of_odd - of_even) >> 14);
            self.high.follow_high(high);
            *byte = (high << 6 | low) as u8;
            bytes += 1;
        }
        bytes
    }
}

/// Decodes to 16 kHz PCM, two samples for one byte.
pub struct Decoder {
    qmf: Qmf,
    low: Band,
    high: Band,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            qmf: Qmf::new(),
            low: Band::new(32),
            high: Band::new(8),
        }
    }
}

impl Decoder {
    /// Decodes as many bytes as there are and as `pcm` has room for, and returns the number of samples.
    pub fn decode(&mut self, payload: &[u8], pcm: &mut [i16]) -> usize {
        let mut samples = 0;
        for (byte, pair) in payload.iter().zip(pcm.chunks_exact_mut(2)) {
            let (low_code, high_code) = (i32::from(byte & 0x3f), i32::from(byte >> 6));
            // Blocks 5L, 6L and their like in the high band: the full precision is for the ear only
            let low = self.low.prediction + ((self.low.step * LOW_LEVELS_6_BITS[low_code as usize]) >> 15);
            let low = low.clamp(-16_384, 16_383);
            self.low.follow_low(low_code);
            let high = self.high.prediction + ((self.high.step * HIGH_LEVELS[high_code as usize]) >> 15);
            let high = high.clamp(-16_384, 16_383);
            self.high.follow_high(high_code);
            let (of_sums, of_differences) = self.qmf.filter(low + high, low - high);
            pair[0] = saturate(of_differences >> 11) as i16;
            pair[1] = saturate(of_sums >> 11) as i16;
            samples += 2;
        }
        samples
    }
}
