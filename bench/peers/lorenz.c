/* The Lyapunov spectrum of the Lorenz flow (sigma = 10, rho = 28, beta = 8/3) in a plain loop:
 * classical Runge-Kutta steps of the state and of three tangent vectors, Gram-Schmidt every `interval` steps.
 * lorenz STEPS H INTERVAL: prints one line of JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DIM = 3 };

static void field(const double *x, double *slope) {
  slope[0] = 10 * (x[1] - x[0]);
  slope[1] = x[0] * (28 - x[2]) - x[1];
  slope[2] = x[0] * x[1] - 8.0 / 3 * x[2];
}

static void derivative(const double *x, const double *v, double *slope) {
  slope[0] = 10 * (v[1] - v[0]);
  slope[1] = v[0] * (28 - x[2]) - x[0] * v[2] - v[1];
  slope[2] = v[0] * x[1] + x[0] * v[1] - 8.0 / 3 * v[2];
}

static void move(const double *x, double h, const double *slope, double *out) {
  for (int i = 0; i < DIM; i++) out[i] = x[i] + h * slope[i];
}

static void combine(double *x, double h, double k[4][DIM]) {
  for (int i = 0; i < DIM; i++) x[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
}

static void step(double *x, double v[DIM][DIM], double h) {
  double at[4][DIM], k[4][DIM], l[4][DIM], w[DIM];
  const double part[4] = {0, h / 2, h / 2, h};
  move(x, 0, x, at[0]);
  field(at[0], k[0]);
  for (int s = 1; s < 4; s++) {
    move(x, part[s], k[s - 1], at[s]);
    field(at[s], k[s]);
  }
  for (int j = 0; j < DIM; j++) {
    derivative(at[0], v[j], l[0]);
    for (int s = 1; s < 4; s++) {
      move(v[j], part[s], l[s - 1], w);
      derivative(at[s], w, l[s]);
    }
    combine(v[j], h, l);
  }
  combine(x, h, k);
}

static void orthonormalize(double v[DIM][DIM], double *growth) {
  for (int j = 0; j < DIM; j++) {
    for (int k = 0; k < j; k++) {
      double d = 0;
      for (int i = 0; i < DIM; i++) d += v[j][i] * v[k][i];
      for (int i = 0; i < DIM; i++) v[j][i] -= d * v[k][i];
    }
    double r = 0;
    for (int i = 0; i < DIM; i++) r += v[j][i] * v[j][i];
    r = sqrt(r);
    growth[j] += log(r);
    for (int i = 0; i < DIM; i++) v[j][i] /= r;
  }
}

int main(int count, char **given) {
  if (count != 4) return 2;
  const long steps = atol(given[1]);
  const double h = atof(given[2]);
  const long interval = atol(given[3]);
  double x[DIM] = {1, 1, 20}, v[DIM][DIM] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, growth[DIM] = {0, 0, 0};
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  for (long n = 1; n <= steps; n++) {
    step(x, v, h);
    if (n % interval == 0) orthonormalize(v, growth);
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  const double us = (ended.tv_sec - began.tv_sec) * 1e6 + (ended.tv_nsec - began.tv_nsec) * 1e-3;
  printf("{\"us\": %.3f, \"exponents\": [%.9f, %.9f, %.9f]}\n", us, growth[0] / (steps * h), growth[1] / (steps * h),
         growth[2] / (steps * h));
  return 0;
}
