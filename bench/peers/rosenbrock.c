// Rosenbrock's function of n variables: gradient and a product with the Hessian, as a careful person writes them.
void gradient(int n, const double *x, double *g) {
  for (int i = 0; i < n; i++) g[i] = 0;
  for (int i = 0; i + 1 < n; i++) {
    double r = x[i + 1] - x[i] * x[i];
    g[i] += -400 * x[i] * r - 2 * (1 - x[i]);
    g[i + 1] += 200 * r;
  }
}

void product(int n, const double *x, const double *v, double *h) {
  for (int i = 0; i < n; i++) h[i] = 0;
  for (int i = 0; i + 1 < n; i++) {
    h[i] += (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * v[i] - 400 * x[i] * v[i + 1];
    h[i + 1] += -400 * x[i] * v[i] + 200 * v[i + 1];
  }
}

double gradients(int rounds, int n, double *x, double *g) {
  double sum = 0;
  for (int k = 0; k < rounds; k++) { x[0] = 0.5 + 1e-9 * k; gradient(n, x, g); sum += g[k % n]; }
  return sum;
}

double products(int rounds, int n, double *x, const double *v, double *h) {
  double sum = 0;
  for (int k = 0; k < rounds; k++) { x[0] = 0.5 + 1e-9 * k; product(n, x, v, h); sum += h[k % n]; }
  return sum;
}

double descent(int rounds, double *z) {
  for (int k = 0; k < rounds; k++) {
    double r = z[1] - z[0] * z[0], a = -400 * z[0] * r - 2 * (1 - z[0]);
    z[0] -= 0.001 * a;
    z[1] -= 0.001 * 200 * r;
  }
  return z[0];
}
