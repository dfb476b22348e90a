"""A sharp law [D]: test errors with no free constant (section 9 of the theory). The derivation.

N samples of noise xi_i in d dimensions, m filters of each sign, T steps. A filter is its initial
weights and signal, and a sum of noise c_i xi_i, c_i the coefficient of sample i. It is active on a
sample where its inner product with the noise is positive; then one step adds h/(1 + e^x) to the
coefficient, x the network's output there, counted as right. d >> N^2: a sample's own coefficient
outweighs those of all others, so that once a filter is active on a sample of its class it stays so.
(Other symbols are those of `claims/README.md`.)

*Which filters are active* (`cascade`). A filter starts active on half of its class. On another
sample i it sees the field F_i = sum_k c_k <xi_k, xi_i> of those that it is active on, and joins
where F_i turns positive. Samples of the other class that it is active on are pushed off in one
step, which leaves a step's coefficient there, with the other sign.

1. Inner products are taken to be independent of coefficients. They are not: where k is active with
   i it memorises less. Late on fewer filters join than foretold: their share comes out too large by
   0.01 to 0.02, of which the cascade's own sampling error of 0.005 happens to hide some.

*What is memorised* (`stepped`, `counted`). The filters that are active on a sample share its output
x, which grows by h/(1 + e^x) times their number over m; those that join late have less.

2. All samples are joined at the pace of the cascade's mean. With 3: the mean square of what a
   filter memorises to 0.3%.
3. How many are active on a sample: their fields have a common Gaussian part g, of correlation
   `fields.field_correlation`, and given g their number is binomial. The correlation r of what two
   filters memorise comes out 0.004 too large; the signal, 1% too large at most.

*A fresh example* (`imbalance`). Its noise sees each filter's coefficients, those on its own class
and what is left behind on the other.

4. Filters of a sign are alike: one variance, one correlation r, one correlation between the signs
   (`opposition`), and all networks have the mean signal. Gaussians with the networks' own
   covariances and signals err as often as with these means, to 0.01 nats.
5. Given g, a mean over m filters is a gamma variable of the right mean, variance and skewness; of
   the N/2 Gaussians that the noise consists of, g is one.
6. Moments go with a class's share f of the samples exponentially, with the slope between f = 1/2
   and 3/2.

*Networks differ* by the sizes of their two classes, over which errors are averaged (`finite`).

7. A sample's part in the signal, and in the noise, varies independently of the others.

Together they leave 0.01 to 0.02 nats where classes are equal, h <= 2 and errors near 0.01
(`tests/claims/predicting/test_law_networks.py` measures 1 to 4, each on its own, at N = 100, m =
20); with N = 20 0.01 to 0.04; below errors of 10^-3 0.04 to 0.08 in the mean, with few filters up
to 0.3. What the parts that are in it are worth: `claims.beyond.law_finite`.

*After transfer* (`finite_transfer`, `inherited`) the source's filters bring noise and signal. Their
noise is initial weights to the target's cascade; the signal fits part of the target from the start.
The target's noise has a part along v_1, which inherited filters of the two signs have learned with
opposite signs.

8. Inherited filters that join do so as fresh ones of that initial scale; see 1: their share is too
   large by 0.01, and where most are inherited fresh ones memorise 10 to 20% more than foretold.
9. An output is a function of one direction of its three common Gaussians, with a Gaussian width.

The larger the share that is inherited and the rarer the error, the more of it the law foretells too
much: with 60 samples and 20 filters 0.02 nats with 2 inherited, 0.2 with 17, at errors near 0.02;
twice that at 10^-3.

The limit of many samples and filters is a law of its own, in closed form but for one integral
(`moments`, `scratch`, `transfer`): of it the classes are equal, shares are their means, and what is
left behind sets the signs against each other but is no noise of its own. With zeta = 0, and p = 0.8
read off a simulation, it is `scratch.ROUNDED`.
"""

from claims.predicting.law.break_even import break_even, gain, sharing
from claims.predicting.law.cascade import Cascade, cascade
from claims.predicting.law.finite import finite_readings, finite_scratch, scratch_errors_by_class
from claims.predicting.law.finite_transfer import equal_classes_transfer, finite_transfer
from claims.predicting.law.moments import Moments, memorised, one_task, stepwise
from claims.predicting.law.predict import IncomputableError, Law, incomputable, predict
from claims.predicting.law.reach import RARE, outside
from claims.predicting.law.scratch import (
    ROUNDED,
    closed_form,
    closed_form_log_error,
    contour_slope,
    positive_part,
    scratch_error,
)
from claims.predicting.law.threshold import finite_threshold, with_signal

__all__ = [
    "RARE",
    "ROUNDED",
    "Cascade",
    "IncomputableError",
    "Law",
    "Moments",
    "break_even",
    "cascade",
    "closed_form",
    "closed_form_log_error",
    "contour_slope",
    "equal_classes_transfer",
    "finite_readings",
    "finite_scratch",
    "finite_threshold",
    "finite_transfer",
    "gain",
    "incomputable",
    "memorised",
    "one_task",
    "outside",
    "positive_part",
    "predict",
    "scratch_error",
    "scratch_errors_by_class",
    "sharing",
    "stepwise",
    "with_signal",
]
