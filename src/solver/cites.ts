// What the solvers stand on, as BibTeX.

/** The paper: the learning rule, the copy and the experiments. */
export const oconnor2019 = `@inproceedings{oconnor2019initialized,
  title     = {Initialized Equilibrium Propagation for Backprop-Free Training},
  author    = {O'Connor, Peter and Gavves, Efstratios and Welling, Max},
  booktitle = {International Conference on Learning Representations},
  year      = {2019},
  url       = {https://openreview.net/forum?id=B1GMDsR5tm}
}`;

export const hairer1993 = `@book{hairer1993solving,
  title     = {Solving Ordinary Differential Equations {I}: Nonstiff Problems},
  author    = {Hairer, Ernst and N{\\o}rsett, Syvert P. and Wanner, Gerhard},
  edition   = {2},
  publisher = {Springer},
  year      = {1993}
}`;

export const hairer1996 = `@book{hairer1996stiff,
  title     = {Solving Ordinary Differential Equations {II}: Stiff and Differential-Algebraic Problems},
  author    = {Hairer, Ernst and Wanner, Gerhard},
  edition   = {2},
  publisher = {Springer},
  year      = {1996}
}`;

export const bogacki1989 = `@article{bogacki1989pair,
  title   = {A 3(2) pair of {R}unge--{K}utta formulas},
  author  = {Bogacki, Przemyslaw and Shampine, Lawrence F.},
  journal = {Applied Mathematics Letters},
  volume  = {2},
  number  = {4},
  pages   = {321--325},
  year    = {1989}
}`;

export const dormand1980 = `@article{dormand1980family,
  title   = {A family of embedded {R}unge--{K}utta formulae},
  author  = {Dormand, John R. and Prince, Peter J.},
  journal = {Journal of Computational and Applied Mathematics},
  volume  = {6},
  number  = {1},
  pages   = {19--26},
  year    = {1980}
}`;

export const gustafsson1991 = `@article{gustafsson1991control,
  title   = {Control theoretic techniques for stepsize selection in explicit {R}unge--{K}utta methods},
  author  = {Gustafsson, Kjell},
  journal = {ACM Transactions on Mathematical Software},
  volume  = {17},
  number  = {4},
  pages   = {533--554},
  year    = {1991}
}`;

export const armijo1966 = `@article{armijo1966minimization,
  title   = {Minimization of functions having {L}ipschitz continuous first partial derivatives},
  author  = {Armijo, Larry},
  journal = {Pacific Journal of Mathematics},
  volume  = {16},
  number  = {1},
  pages   = {1--3},
  year    = {1966}
}`;

export const hochbruck2010 = `@article{hochbruck2010exponential,
  title   = {Exponential integrators},
  author  = {Hochbruck, Marlis and Ostermann, Alexander},
  journal = {Acta Numerica},
  volume  = {19},
  pages   = {209--286},
  year    = {2010}
}`;

export const kelley1998 = `@article{kelley1998convergence,
  title   = {Convergence analysis of pseudo-transient continuation},
  author  = {Kelley, C. T. and Keyes, David E.},
  journal = {SIAM Journal on Numerical Analysis},
  volume  = {35},
  number  = {2},
  pages   = {508--523},
  year    = {1998}
}`;

export const tseng2001 = `@article{tseng2001convergence,
  title   = {Convergence of a Block Coordinate Descent Method for Nondifferentiable Minimization},
  author  = {Tseng, Paul},
  journal = {Journal of Optimization Theory and Applications},
  volume  = {109},
  number  = {3},
  pages   = {475--494},
  year    = {2001},
  doi     = {10.1023/A:1017501703105}
}`;

export const barzilai1988 = `@article{barzilai1988two,
  title   = {Two-Point Step Size Gradient Methods},
  author  = {Barzilai, Jonathan and Borwein, Jonathan M.},
  journal = {IMA Journal of Numerical Analysis},
  volume  = {8},
  number  = {1},
  pages   = {141--148},
  year    = {1988},
  doi     = {10.1093/imanum/8.1.141}
}`;

export const birgin2000 = `@article{birgin2000nonmonotone,
  title   = {Nonmonotone Spectral Projected Gradient Methods on Convex Sets},
  author  = {Birgin, Ernesto G. and Mart{\\'i}nez, Jos{\\'e} Mario and Raydan, Marcos},
  journal = {SIAM Journal on Optimization},
  volume  = {10},
  number  = {4},
  pages   = {1196--1211},
  year    = {2000},
  doi     = {10.1137/S1052623497330963}
}`;

export const beck2009 = `@article{beck2009fast,
  title   = {A Fast Iterative Shrinkage-Thresholding Algorithm for Linear Inverse Problems},
  author  = {Beck, Amir and Teboulle, Marc},
  journal = {SIAM Journal on Imaging Sciences},
  volume  = {2},
  number  = {1},
  pages   = {183--202},
  year    = {2009},
  doi     = {10.1137/080716542}
}`;

export const odonoghue2015 = `@article{odonoghue2015adaptive,
  title   = {Adaptive Restart for Accelerated Gradient Schemes},
  author  = {O'Donoghue, Brendan and Cand{\\\`e}s, Emmanuel},
  journal = {Foundations of Computational Mathematics},
  volume  = {15},
  number  = {3},
  pages   = {715--732},
  year    = {2015},
  doi     = {10.1007/s10208-013-9150-3}
}`;

export const bertsekas1982 = `@article{bertsekas1982projected,
  title   = {Projected {Newton} Methods for Optimization Problems with Simple Constraints},
  author  = {Bertsekas, Dimitri P.},
  journal = {SIAM Journal on Control and Optimization},
  volume  = {20},
  number  = {2},
  pages   = {221--246},
  year    = {1982},
  doi     = {10.1137/0320018}
}`;

export const dembo1983 = `@article{dembo1983truncated,
  title   = {Truncated-{Newton} Algorithms for Large-Scale Unconstrained Optimization},
  author  = {Dembo, Ron S. and Steihaug, Trond},
  journal = {Mathematical Programming},
  volume  = {26},
  number  = {2},
  pages   = {190--212},
  year    = {1983},
  doi     = {10.1007/BF02592055}
}`;

export const anderson1965 = `@article{anderson1965iterative,
  title   = {Iterative Procedures for Nonlinear Integral Equations},
  author  = {Anderson, Donald G.},
  journal = {Journal of the ACM},
  volume  = {12},
  number  = {4},
  pages   = {547--560},
  year    = {1965},
  doi     = {10.1145/321296.321305}
}`;

export const walker2011 = `@article{walker2011anderson,
  title   = {Anderson Acceleration for Fixed-Point Iterations},
  author  = {Walker, Homer F. and Ni, Peng},
  journal = {SIAM Journal on Numerical Analysis},
  volume  = {49},
  number  = {4},
  pages   = {1715--1735},
  year    = {2011},
  doi     = {10.1137/10078356X}
}`;

export const kloeden1992 = `@book{kloeden1992numerical,
  title     = {Numerical Solution of Stochastic Differential Equations},
  author    = {Kloeden, Peter E. and Platen, Eckhard},
  series    = {Applications of Mathematics},
  volume    = {23},
  publisher = {Springer},
  year      = {1992},
  doi       = {10.1007/978-3-662-12616-5}
}`;

export const lepingle1995 = `@article{lepingle1995euler,
  title   = {{Euler} scheme for reflected stochastic differential equations},
  author  = {L\\'epingle, Dominique},
  journal = {Mathematics and Computers in Simulation},
  volume  = {38},
  number  = {1--3},
  pages   = {119--126},
  year    = {1995},
  doi     = {10.1016/0378-4754(93)E0074-F}
}`;

export const shampine2000 = `@article{shampine2000event,
  title   = {Event location for ordinary differential equations},
  author  = {Shampine, Lawrence F. and Thompson, Skip},
  journal = {Computers and Mathematics with Applications},
  volume  = {39},
  number  = {5--6},
  pages   = {43--54},
  year    = {2000},
  doi     = {10.1016/S0898-1221(00)00045-6}
}`;
