import { article, arxiv, ICLR, ICML, meeting, preprint, type Reference } from "./reference.js";

/** On generative models. */
export const generative: readonly Reference[] = [
  preprint(
    "Biroli, G. and Bonnaire, T. and de Bortoli, V. and Mezard, M.",
    2024,
    "Dynamical regimes of diffusion models",
    "2402.18491",
  ),
  meeting(
    "Gidel, G. and Berard, H. and Vignoud, G. and Vincent, P. and Lacoste-Julien, S.",
    2019,
    "A variational inequality perspective on generative adversarial networks",
    ICLR,
    arxiv("1802.10551"),
  ),
  meeting("Mescheder, L. and Geiger, A. and Nowozin, S.", 2018, "Which training methods for GANs do actually converge?", ICML),
  preprint("Raya, G. and Ambrogioni, L.", 2023, "Spontaneous symmetry breaking in generative diffusion models", "2305.19693"),
  meeting(
    "Song, Y. and Sohl-Dickstein, J. and Kingma, D. P. and Kumar, A. and Ermon, S. and Poole, B.",
    2021,
    "Score-based generative modeling through stochastic differential equations",
    ICLR,
    arxiv("2011.13456"),
  ),
  article(
    "Vincent, P.",
    2011,
    "A connection between score matching and denoising autoencoders",
    "Neural Computation",
    "23",
    "1661--1674",
  ),
];
