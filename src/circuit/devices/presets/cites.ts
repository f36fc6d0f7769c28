const entry = (kind: string, key: string, fields: Readonly<Record<string, string>>): string => {
  const width = Math.max(...Object.keys(fields).map((k) => k.length));
  return `@${kind}{${key},\n${Object.entries(fields)
    .map(([k, v]) => `  ${k.padEnd(width)} = {${v}}`)
    .join(",\n")}\n}`;
};

export const pelgrom1989 = entry("article", "pelgrom1989matching", {
  title: "Matching properties of {MOS} transistors",
  author: "Pelgrom, Marcel J. M. and Duinmaijer, Aad C. J. and Welbers, Anton P. G.",
  journal: "IEEE Journal of Solid-State Circuits",
  volume: "24",
  number: "5",
  pages: "1433--1439",
  year: "1989",
  doi: "10.1109/JSSC.1989.572629",
});

export const rasch2021 = entry("inproceedings", "rasch2021flexible", {
  title:
    "A flexible and fast {PyTorch} toolkit for simulating training and inference on analog " +
    "crossbar arrays",
  author:
    "Rasch, Malte J. and Moreda, Diego and Gokmen, Tayfun and Le Gallo, Manuel and Carta, " +
    "Fabio and Goldberg, Cindy and El Maghraoui, Kaoutar and Sebastian, Abu and Narayanan, " +
    "Vijay",
  booktitle: "IEEE International Conference on Artificial Intelligence Circuits and Systems",
  year: "2021",
  doi: "10.1109/AICAS51828.2021.9458494",
});

export const gokmen2016 = entry("article", "gokmen2016acceleration", {
  title:
    "Acceleration of Deep Neural Network Training with Resistive Cross-Point Devices: Design " +
    "Considerations",
  author: "Gokmen, Tayfun and Vlasov, Yurii",
  journal: "Frontiers in Neuroscience",
  volume: "10",
  pages: "333",
  year: "2016",
  doi: "10.3389/fnins.2016.00333",
});

export const rasch2020 = entry("article", "rasch2020training", {
  title: "Training Large-Scale Artificial Neural Networks on Simulated Resistive Crossbar Arrays",
  author: "Rasch, Malte J. and Gokmen, Tayfun and Haensch, Wilfried",
  journal: "IEEE Design and Test",
  volume: "37",
  number: "2",
  pages: "19--29",
  year: "2020",
  eprint: "1906.02698",
  archivePrefix: "arXiv",
});

export const tang2018 = entry("inproceedings", "tang2018ecram", {
  title: "{ECRAM} as Scalable Synaptic Cell for High-Speed, Low-Power Neuromorphic Computing",
  author: "Tang, Jianshi and others",
  booktitle: "IEEE International Electron Devices Meeting",
  year: "2018",
  doi: "10.1109/IEDM.2018.8614551",
});

export const kim2019 = entry("inproceedings", "kim2019metal", {
  title: "Metal-oxide based, {CMOS}-compatible {ECRAM} for Deep Learning Accelerator",
  author: "Kim, Seyoung and others",
  booktitle: "IEEE International Electron Devices Meeting",
  year: "2019",
  doi: "10.1109/IEDM19573.2019.8993463",
});

export const li2018 = entry("inproceedings", "li2018capacitor", {
  title:
    "Capacitor-based Cross-point Array for Analog Neural Network with Record Symmetry and " +
    "Linearity",
  author:
    "Li, Y. and Kim, S. and Sun, X. and Solomon, P. and Gokmen, T. and Tsai, H. and Koswatta, " +
    "S. and Ren, Z. and Mo, R. and Yeh, C. and Haensch, W. and Leobandung, E.",
  booktitle: "IEEE Symposium on VLSI Technology",
  pages: "25--26",
  year: "2018",
  doi: "10.1109/VLSIT.2018.8510648",
});

export const gong2018 = entry("article", "gong2018signal", {
  title: "Signal and noise extraction from analog memory elements for neuromorphic computing",
  author:
    "Gong, N. and Id{\\'e}, T. and Kim, S. and Boybat, I. and Sebastian, A. and Narayanan, V. " +
    "and Ando, T.",
  journal: "Nature Communications",
  volume: "9",
  pages: "2102",
  year: "2018",
  doi: "10.1038/s41467-018-04485-1",
});

export const gong2022 = entry("inproceedings", "gong2022deep", {
  title:
    "Deep learning acceleration in 14nm {CMOS} compatible {ReRAM} array: device, material and " +
    "algorithm co-optimization",
  author: "Gong, N. and Rasch, M. J. and others",
  booktitle: "IEEE International Electron Devices Meeting",
  year: "2022",
  doi: "10.1109/IEDM45625.2022.10019569",
});

export const wan2022 = entry("article", "wan2022compute", {
  title: "A compute-in-memory chip based on resistive random-access memory",
  author:
    "Wan, Weier and Kubendran, Rajkumar and Schaefer, Clemens and Eryilmaz, Sukru Burc and " +
    "Zhang, Wenqiang and Wu, Dabin and Deiss, Stephen and Raina, Priyanka and Qian, He and " +
    "Gao, Bin and Joshi, Siddharth and Wu, Huaqiang and Wong, H.-S. Philip and Cauwenberghs, " +
    "Gert",
  journal: "Nature",
  volume: "608",
  pages: "504--512",
  year: "2022",
  doi: "10.1038/s41586-022-04992-8",
});

export const nandakumar2020 = entry("article", "nandakumar2020mixed", {
  title: "Mixed-Precision Deep Learning Based on Computational Memory",
  author:
    "Nandakumar, S. R. and Le Gallo, Manuel and Piveteau, Christophe and Joshi, Vinay and " +
    "Mariani, Giovanni and Boybat, Irem and Karunaratne, Geethan and Khaddam-Aljameh, Riduan " +
    "and Egger, Urs and Petropoulos, Anastasios and Antonakopoulos, Theodore and Rajendran, " +
    "Bipin and Sebastian, Abu and Eleftheriou, Evangelos",
  journal: "Frontiers in Neuroscience",
  volume: "14",
  pages: "406",
  year: "2020",
  doi: "10.3389/fnins.2020.00406",
});

export const nandakumar2019 = entry("inproceedings", "nandakumar2019phase", {
  title: "Phase-Change Memory Models for Deep Learning Training and Inference",
  author:
    "Nandakumar, S. R. and Boybat, Irem and Joshi, Vinay and Piveteau, Christophe and Le " +
    "Gallo, Manuel and Rajendran, Bipin and Sebastian, Abu and Eleftheriou, Evangelos",
  booktitle: "IEEE International Conference on Electronics, Circuits and Systems",
  pages: "727--730",
  year: "2019",
  doi: "10.1109/ICECS46596.2019.8964852",
});

export const sky130 = entry("misc", "sky130pdk", {
  title: "{SkyWater} {SKY130} process design kit: primitives, mismatch parameters of nfet\\_01v8",
  author: "{SkyWater Technology and Google}",
  year: "2020",
  url: "https://github.com/google/skywater-pdk-libs-sky130_fd_pr",
});

export const gf180 = entry("misc", "gf180mcupdk", {
  title: "{GF180MCU} process design kit: primitives",
  author: "{GlobalFoundries and Google}",
  year: "2022",
  url: "https://github.com/google/globalfoundries-pdk-libs-gf180mcu_fd_pr",
});

export const ihp130 = entry("misc", "ihpsg13g2pdk", {
  title: "{IHP} {SG13G2} open-source process design kit, 130 nm {BiCMOS}",
  author: "{IHP Microelectronics}",
  year: "2023",
  url: "https://github.com/IHP-GmbH/IHP-Open-PDK",
});
