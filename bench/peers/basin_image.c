/*
 * Basins of the magnetic pendulum by a plain program: each start alone, Dormand-Prince 5(4) with the controller, the intervals, the looks and the
 * stopping rule of our side. Prints microseconds a start, the starts that end at each attractor (ordered by x, then y) and the steps taken.
 * cc -O3 basin_image.c -lm; basin_image SIDE FROM TO: rows FROM to TO - 1 of a SIDE x SIDE picture.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DIM = 4, STAY = 5, LOOKS = 5000 };
static const double RTOL = 1e-9, ATOL = 1e-9, NEAR = 0.04, GAMMA = 1, D = 0.2, ALPHA = 0.2, OMEGA = 0.8;
static double magnets[3][2];
static long steps;

static void field(const double *s, double *out) {
    double ax = 0, ay = 0;
    for (int k = 0; k < 3; k++) {
        const double dx = magnets[k][0] - s[0], dy = magnets[k][1] - s[1];
        const double distance = dx * dx + dy * dy + D * D;
        const double strength = GAMMA / (distance * sqrt(distance));
        ax += strength * dx;
        ay += strength * dy;
    }
    out[0] = s[2];
    out[1] = s[3];
    out[2] = ax - (OMEGA * OMEGA * s[0] + ALPHA * s[2]);
    out[3] = ay - (OMEGA * OMEGA * s[1] + ALPHA * s[3]);
}

static double scaled(const double *v, const double *x, const double *y) {
    double sum = 0;
    for (int c = 0; c < DIM; c++) {
        const double q = v[c] / (ATOL + RTOL * fmax(fabs(x[c]), fabs(y[c])));
        sum += q * q;
    }
    return sqrt(sum / DIM);
}

typedef struct {
    double x[DIM], h, last;
} Orbit;

static void interval(Orbit *o, double dt) {
    double k[7][DIM], y[DIM], e[DIM], left = dt;
    field(o->x, k[0]);
    if (o->h == 0) {
        const double size = scaled(o->x, o->x, o->x), speed = scaled(k[0], o->x, o->x);
        const double guess = size > 1e-5 && speed > 1e-5 ? fmin(1, 0.8 * pow(9.7 / 12000 * fmax(size, 1), -1. / 5)) * size / speed : 1e-3 * dt;
        o->h = fmin(fmax(guess, 1e-12 * dt), dt);
        o->last = 1;
    }
    while (left > 0) {
        const int ends = left <= (1 + 1e-9) * o->h;
        const double h = ends ? left : o->h, *x = o->x;
#define STAGE(to, rise) for (int c = 0; c < DIM; c++) y[c] = x[c] + h * (rise); field(y, k[to])
        STAGE(1, 1. / 5 * k[0][c]);
        STAGE(2, 3. / 40 * k[0][c] + 9. / 40 * k[1][c]);
        STAGE(3, 44. / 45 * k[0][c] + -56. / 15 * k[1][c] + 32. / 9 * k[2][c]);
        STAGE(4, 19372. / 6561 * k[0][c] + -25360. / 2187 * k[1][c] + 64448. / 6561 * k[2][c] + -212. / 729 * k[3][c]);
        STAGE(5, 9017. / 3168 * k[0][c] + -355. / 33 * k[1][c] + 46732. / 5247 * k[2][c] + 49. / 176 * k[3][c] + -5103. / 18656 * k[4][c]);
        STAGE(6, 35. / 384 * k[0][c] + 500. / 1113 * k[2][c] + 125. / 192 * k[3][c] + -2187. / 6784 * k[4][c] + 11. / 84 * k[5][c]);
        for (int c = 0; c < DIM; c++)
            e[c] = h * (71. / 57600 * k[0][c] + -71. / 16695 * k[2][c] + 71. / 1920 * k[3][c] + -17253. / 339200 * k[4][c] + 22. / 525 * k[5][c] + -1. / 40 * k[6][c]);
        const double error = scaled(e, x, y);
        const int good = error <= 1;
        double factor = fmin(10, fmax(0.2, 0.9 * pow(fmax(error, 1e-10), -0.7 / 5) * pow(fmax(o->last, 1e-4), 0.4 / 5)));
        if (!good) factor = fmin(factor, 1);
        const double proposed = h * factor;
        steps++;
        if (good) {
            memcpy(o->x, y, sizeof y);
            memcpy(k[0], k[6], sizeof y);
            left = ends ? 0 : left - h;
            o->last = fmax(error, 1e-4);
            o->h = ends ? fmax(o->h, proposed) : proposed;
        } else o->h = proposed;
    }
}

static int nearest(const double *x, double (*at)[DIM]) {
    for (int k = 0; k < 3; k++) {
        double sum = 0;
        for (int c = 0; c < DIM; c++) sum += (x[c] - at[k][c]) * (x[c] - at[k][c]);
        if (sum <= NEAR * NEAR) return k;
    }
    return -1;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **given) {
    if (count != 4) return fprintf(stderr, "basin_image SIDE FROM TO\n"), 2;
    const int side = atoi(given[1]), from = atoi(given[2]), to = atoi(given[3]);
    const double high = sqrt(0.75);
    const double places[3][2] = {{-0.5, -high}, {-0.5, high}, {1, 0}};
    double at[3][DIM];
    memcpy(magnets, places, sizeof places);
    for (int k = 0; k < 3; k++) {
        Orbit o = {{magnets[k][0], magnets[k][1], 0, 0}, 0, 1};
        for (int t = 0; t < 120; t++) interval(&o, 1);
        memcpy(at[k], o.x, sizeof o.x);
    }
    long ended[4] = {0, 0, 0, 0};
    steps = 0;
    const double began = now();
    for (int i = from; i < to; i++)
        for (int j = 0; j < side; j++) {
            Orbit o = {{-2 + (j + 0.5) * 4 / side, -2 + (i + 0.5) * 4 / side, 0, 0}, 0, 1};
            int label = -1, streak = 0;
            for (int look = 0; look < LOOKS && streak < STAY; look++) {
                interval(&o, 1);
                const int seen = nearest(o.x, at);
                streak = seen < 0 ? 0 : seen == label ? streak + 1 : 1;
                label = seen;
            }
            ended[streak < STAY ? 3 : label]++;
        }
    const double us = (now() - began) * 1e6 / ((double)side * (to - from));
    printf("%.6f %ld %ld %ld %ld %ld\n", us, ended[0], ended[1], ended[2], ended[3], steps);
    return 0;
}
