/* Kuramoto oscillators on a sparse graph, by the pair of Dormand and Prince with the step-size rule of our `adaptive`: the same steps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int n;
  const int *offsets, *columns;
  const double *omega;
  double coupling;
  double *sine, *cosine;
} Graph;

/* Form 0, the plain loop: a sine an edge. */
static void plain(const Graph *g, const double *u, double *du) {
  for (int i = 0; i < g->n; i++) {
    double s = 0;
    for (int e = g->offsets[i]; e < g->offsets[i + 1]; e++) s += sin(u[g->columns[e]] - u[i]);
    du[i] = g->omega[i] + g->coupling * s;
  }
}

/* Form 1: a sine and a cosine a node, sin(b - a) = sin b cos a - cos b sin a. */
static void by_nodes(const Graph *g, const double *u, double *du) {
  for (int i = 0; i < g->n; i++) {
    g->sine[i] = sin(u[i]);
    g->cosine[i] = cos(u[i]);
  }
  for (int i = 0; i < g->n; i++) {
    double a = 0, b = 0;
    for (int e = g->offsets[i]; e < g->offsets[i + 1]; e++) {
      a += g->sine[g->columns[e]];
      b += g->cosine[g->columns[e]];
    }
    du[i] = g->omega[i] + g->coupling * (g->cosine[i] * a - g->sine[i] * b);
  }
}

static const double A[7][6] = {
    {0},
    {1. / 5},
    {3. / 40, 9. / 40},
    {44. / 45, -56. / 15, 32. / 9},
    {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
    {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
    {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
static const double E[7] = {71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40};

/* Carries u from 0 to the time `end`; returns the evaluations of the field. */
int solve(int n, const int *offsets, const int *columns, const double *omega, double coupling, double end, double tolerance, int form,
          double *u) {
  size_t bytes = sizeof(double) * (size_t)n;
  Graph g = {n, offsets, columns, omega, coupling, malloc(bytes), malloc(bytes)};
  void (*field)(const Graph *, const double *, double *) = form ? by_nodes : plain;
  double *k[7], *y = malloc(bytes);
  for (int j = 0; j < 7; j++) k[j] = malloc(bytes);
  field(&g, u, k[0]);
  int evaluations = 1;
  double size = 0, speed = 0;
  for (int i = 0; i < n; i++) {
    double s = tolerance + tolerance * fabs(u[i]);
    size += u[i] * u[i] / (s * s);
    speed += k[0][i] * k[0][i] / (s * s);
  }
  size = sqrt(size / n);
  speed = sqrt(speed / n);
  double h = size > 1e-5 && speed > 1e-5 ? fmin(1, 0.8 * pow(9.7 / 12000 * fmax(size, 1), -1. / 5)) * size / speed : 1e-3 * end;
  double t = 0, before = 1;
  if (h > end) h = end;
  while (t < end) {
    int last = end - t <= h * (1 + 1e-9);
    double step = last ? end - t : h;
    for (int s = 1; s < 7; s++) {
      for (int i = 0; i < n; i++) {
        double rise = 0;
        for (int j = 0; j < s; j++) rise += A[s][j] * k[j][i];
        y[i] = u[i] + step * rise;
      }
      field(&g, y, k[s]);
      evaluations++;
    }
    double error = 0;
    for (int i = 0; i < n; i++) {
      double e = 0;
      for (int j = 0; j < 7; j++) e += E[j] * k[j][i];
      e *= step / (tolerance + tolerance * fmax(fabs(u[i]), fabs(y[i])));
      error += e * e;
    }
    error = sqrt(error / n);
    double factor = fmin(10, fmax(0.2, 0.9 * pow(fmax(error, 1e-10), -0.7 / 5) * pow(fmax(before, 1e-4), 0.4 / 5)));
    if (error <= 1) {
      t = last ? end : t + step;
      memcpy(u, y, bytes);
      double *first = k[0];
      k[0] = k[6];
      k[6] = first;
      before = fmax(error, 1e-4);
    } else {
      factor = fmin(factor, 1);
    }
    h = step * factor;
  }
  for (int j = 0; j < 7; j++) free(k[j]);
  free(y);
  free(g.sine);
  free(g.cosine);
  return evaluations;
}
