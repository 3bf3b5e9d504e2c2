"""Functions that kernels share, written so that the compiler can put them in vector registers.

Numba inlines them into each kernel. Where a branch would keep a loop from being vectorised, both
sides are computed and one is chosen.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, register_jitable

HALF_LOG_TWO_PI = 0.918938533204672741780329736406
LOG_TWO = 0.693147180559945309417232121458
ROOT_HALF = 0.707106781186547524400844362105
HALF_ROOT_TWO_PI = 1.25331413731550025120788264241
INVERSE_ROOT_TWO_PI = 0.398942280401432677939946059934
LOG_PI = 1.144729885849400174143427351353

_LOG2_E = 1.442695040888963407359924681002
# log 2 in two parts (fdlibm, e_exp.c): multiples of the first are exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
# Beyond these, exp is 0 or infinite (or would need denormal numbers); within, all exponents are normal.
_LEAST, _MOST = -708.39, 709.78


# Added to a number below 2**51, it leaves the nearest whole number in the last bits (Hecker 1996).
_SHIFT = 6755399441055744.0


@intrinsic
def _times_power_of_two(_typing, _number, _shifted):
    """Multiply by 2**k, where `shifted` is k + `_SHIFT`: k is added to the bits of the exponent."""

    def codegen(_context, builder, _signature, arguments):
        word = ir.IntType(64)
        number, shifted = (builder.bitcast(argument, word) for argument in arguments)
        exponent = builder.shl(shifted, ir.Constant(word, 52))
        return builder.bitcast(builder.add(number, exponent), ir.DoubleType())

    return types.float64(types.float64, types.float64), codegen


@register_jitable
def exp(x):
    """Exponential function, within 2 units in the last place; 0 below -708.39.

    Reduction by multiples of log 2 (Cody and Waite 1980, "Software Manual for the Elementary
    Functions", ch. 6), then the Taylor polynomial of degree 13 on |r| <= log(2) / 2.
    """
    inside = min(max(x, _LEAST), _MOST)
    shifted = inside * _LOG2_E + _SHIFT
    k = shifted - _SHIFT
    r = (inside - k * _LN2_HIGH) - k * _LN2_LOW
    # Estrin's scheme: pairs, so that few multiplications wait for each other.
    r2 = r * r
    r4 = r2 * r2
    p = (1.0 + r) + r2 * (0.5 + r * (1.0 / 6.0))
    p += r4 * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0)))
    q = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    q += r4 * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))
    p += (r4 * r4) * q
    value = _times_power_of_two(p, shifted)
    value = 0.0 if x < _LEAST else value
    value = np.inf if x > _MOST else value
    return value if x == x else x


@register_jitable
def log1p_of_unit(e):
    """log(1 + e) for e in [0, 1], relative error below 3e-16.

    The series 2 atanh(s) with s = e / (2 + e) (DLMF 4.6.4); above sqrt(2) - 1 of (1 + e) / 2.
    """
    far = e > 0.41421356237309503
    s = (e - 1.0 if far else e) / (e + 3.0 if far else e + 2.0)
    t = s * s
    t2 = t * t
    t4 = t2 * t2
    p = (1.0 / 3.0 + t * (1.0 / 5.0)) + t2 * (1.0 / 7.0 + t * (1.0 / 9.0))
    p += t4 * ((1.0 / 11.0 + t * (1.0 / 13.0)) + t2 * (1.0 / 15.0 + t * (1.0 / 17.0)))
    p += (t4 * t4) * (1.0 / 19.0 + t * (1.0 / 21.0))
    p = 2.0 * s + 2.0 * s * t * p
    return p + LOG_TWO if far else p


@register_jitable
def log1pexp(x):
    """log(1 + exp(x)), without overflow (Mächler 2012, "Accurately computing log(1 - exp(-|a|))", eq. 10)."""
    return max(x, 0.0) + log1p_of_unit(exp(-abs(x)))


# Each rational function here has nearly the least largest relative error of its degree (Cheney 1966, "Introduction
# to Approximation Theory", ch. 5); it was found with 60 digits. Coefficients are positive, so that nothing cancels.
@register_jitable
def lgamma(x):
    """Logarithm of Gamma of a positive number, relative error below 4e-15; not a number below 0.

    From 1 to 3 a rational function times the zeros at 1 and 2 (relative error 2e-17); outside, the recurrence DLMF
    5.5.1, and from 10 on Stirling's series DLMF 5.11.1.
    """
    if x >= 10.0:
        return (x - 0.5) * math.log(x) - x + HALF_LOG_TWO_PI + _stirling(x)
    z, outside = x - 2.0, 0.0
    if x < 1.0:
        z, outside = x - 1.0, -math.log(x)
    if z > 1.0:
        factor = 1.0
        while z > 1.0:
            factor *= z + 1.0
            z -= 1.0
        outside = math.log(factor)
    p = (
        (1.1558046925975928e-07 * z + 5.3652306931132854e-05) * z + 0.0019896867499132
    ) * z + 0.02574729084633415
    p = ((p * z + 0.1550259963795172) * z + 0.47425113945361497) * z + 0.7155443219877748
    p = p * z + 0.42278433509846713
    q = (
        (1.3641454514859875e-05 * z + 0.0008016129241112138) * z + 0.015096800010417428
    ) * z + 0.1313139173213715
    q = ((q * z + 0.6018137859220005) * z + 1.5016448560295708) * z + 1.929734751104516
    q = q * z + 1.0
    return z * (z + 1.0) * p / q + outside


@register_jitable
def digamma(x):
    """Digamma function of a positive number, relative error below 4e-15; not a number elsewhere.

    From 1 to 2 a rational function times the zero (relative error 7e-17); outside, the recurrence DLMF 5.5.2, and
    from 10 on the asymptotic series DLMF 5.11.2.
    """
    # The recurrence would take forever from far below 0.
    if not x > 0.0:
        return np.nan
    below = 0.0
    if x < 1.0:
        below = 1.0 / x
        x += 1.0
    if x < 2.0:
        z = x - 1.0
        p = (1.6976586413915448e-05 * z + 0.005419831351626774) * z + 0.11382960624209677
        p = (p * z + 0.715890877231262) * z + 1.6689045959619027
        p = p * z + 1.2503801375034054
        q = (0.0012324898643284626 * z + 0.04010265099209614) * z + 0.37093065869057185
        q = (q * z + 1.350325313075523) * z + 2.018264590800726
        q = q * z + 1.0
        # The zero in two parts.
        return ((x - 1.4616321449683622) - 9.549995429965697e-17) * p / q - below
    while x < 10.0:
        below += 1.0 / x
        x += 1.0
    return math.log(x) - 0.5 / x - _digamma_series(x) - below


@register_jitable
def _digamma_series(x):
    """Difference log x - 1 / (2 x) - digamma(x), for x >= 10 (DLMF 5.11.2)."""
    t = 1.0 / (x * x)
    p = 1.0 / 252.0 - t * (1.0 / 240.0 - t * (5.0 / 660.0 - t * (691.0 / 32760.0 - t / 12.0)))
    return t * (1.0 / 12.0 - t * (1.0 / 120.0 - t * p))


_STIRLING_FROM = 10.0
"""From here on Stirling's series are exact to rounding; below, a difference loses no more than two digits."""


@register_jitable
def log_rising(a, y):
    """Difference log Gamma(a + y) - log Gamma(a), for a > 0 and y >= 0: a rising factorial (DLMF 5.2.5).

    The difference of two logarithms of Gamma loses as many digits as `a` has, which at 1e14 exceeds a
    likelihood's whole variation. Their Stirling series (DLMF 5.11.1) are subtracted term by term instead.
    """
    if a < _STIRLING_FROM:
        return lgamma(a + y) - lgamma(a)
    leading = (a - 0.5) * math.log1p(y / a) + y * (math.log(a + y) - 1.0)
    return leading + (_stirling(a + y) - _stirling(a))


@register_jitable
def _stirling(x):
    """Difference log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), for x >= 10 (DLMF 5.11.1)."""
    t = 1.0 / (x * x)
    p = 1.0 / 1260.0 - t * (1.0 / 1680.0 - t * (1.0 / 1188.0 - t * (691.0 / 360360.0 - t / 156.0)))
    return (1.0 / 12.0 - t * (1.0 / 360.0 - t * p)) / x


@register_jitable
def digamma_rising(a, y):
    """Difference digamma(a + y) - digamma(a), for a > 0 and y >= 0: the derivative of `log_rising` by a.

    Its digits matter after multiplication by `a`, so that the asymptotic series (DLMF 5.11.2) are
    subtracted term by term, too.
    """
    if a < _STIRLING_FROM:
        return digamma(a + y) - digamma(a)
    halves = 0.5 * y / (a * (a + y))
    return math.log1p(y / a) + halves - (_digamma_series(a + y) - _digamma_series(a))


@register_jitable
def erfcx(x):
    """Scaled complementary error function exp(x**2) erfc(x) for x >= 0 (DLMF 7.2.2), relative error below 1e-15.

    A rational function of 1.5 / (1.5 + x), which is between 0 and 1: its own error is 2e-16.
    """
    t = 1.5 / (1.5 + x)
    p = ((0.038208357842154254 * t + 3.237311870029343) * t + 9.108673716350213) * t + 14.844894149854854
    p = ((p * t + 18.155050831293103) * t + 16.044556080974928) * t + 12.749750535926
    p = ((p * t + 6.4893781532789525) * t + 3.710820942859368) * t + 0.8569982137570648
    p = p * t + 0.3761263890318375
    q = ((0.20733630657846994 * t + 1.1653538882990675) * t + 5.008952281011758) * t + 8.799501841593951
    q = ((q * t + 17.76661340710662) * t + 14.993514031845978) * t + 19.466538168328626
    q = ((q * t + 8.115848788890272) * t + 7.809625851253933) * t + 1.2784846762891295
    q = q * t + 1.0
    return t * p / q
