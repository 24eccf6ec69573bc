// At home in core since the spectra of limit operators need it too.
export { denseSymmetric, spectralRadius, type DenseEigenpairs } from "../core/dense-symmetric.js";
