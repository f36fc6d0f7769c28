/** The data sets whose four files are published one by one, so that they can be fetched. */
export type FetchedSet = "mnist" | "fashion-mnist" | "kmnist";

type EmnistSplit = "balanced" | "byclass" | "bymerge" | "digits" | "letters" | "mnist";

type PackedSet = `emnist-${EmnistSplit}`;

/** The data sets that are read from IDX files. */
export type FileSet = FetchedSet | PackedSet;

/** Which of a set's four files. */
export type SetFile = "train-images" | "train-labels" | "t10k-images" | "t10k-labels";

/** A published archive. `contents` is the hash of the file inside, where it is known. */
export interface SourceFile {
  readonly part: SetFile;
  readonly file: string;
  readonly bytes: number;
  readonly archive: Hash;
  readonly contents?: Hash;
}

/** What the bytes of a file must hash to, in lower-case hexadecimal digits. */
export interface Hash {
  readonly algorithm: "sha256";
  readonly hex: string;
}

/** What a data set is, and what its four files are called. */
interface SourceFacts {
  readonly set: FileSet;
  readonly title: string;
  /** The folder that it is kept in, below a root. */
  readonly folder: string;
  /** The folder that torchvision keeps it in, below its root. */
  readonly torchvision: string;
  /** What the names of its files begin with, up to `-idx3-ubyte` or `-idx1-ubyte`. */
  readonly stems: Readonly<Record<SetFile, string>>;
  readonly shape: readonly [height: number, width: number];
  /** Whether the files hold images column by column. */
  readonly isTransposed: boolean;
  readonly classNames: readonly string[];
  /** What the files call the first class. */
  readonly firstLabel: number;
  /** BibTeX. */
  readonly cites: readonly string[];
}

/** A set whose files are archives of their own, each at a known address with a known hash. */
export interface FetchedSource extends SourceFacts {
  readonly set: FetchedSet;
  /** Addresses that a file's name is appended to, best first. */
  readonly mirrors: readonly string[];
  readonly files: readonly SourceFile[];
}

/** A set whose files are published inside one archive, which a user gets and unpacks. */
export interface PackedSource extends SourceFacts {
  readonly set: PackedSet;
  /** The archive, and the page that has it. */
  readonly archive: string;
  readonly page: string;
}

/** Where a data set comes from and how it is recognised. */
export type DataSource = FetchedSource | PackedSource;

/** Class names of MNIST and of the built-in digits. */
export const digitNames: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

function file(part: SetFile, bytes: number, archive: string, contents?: string): SourceFile {
  const rank = part.endsWith("images") ? 3 : 1;
  return {
    part,
    file: `${part}-idx${rank}-ubyte.gz`,
    bytes,
    archive: sha256(archive),
    contents: contents === undefined ? undefined : sha256(contents),
  };
}

function sha256(hex: string): Hash {
  return { algorithm: "sha256", hex };
}

const plain = {
  stems: {
    "train-images": "train-images",
    "train-labels": "train-labels",
    "t10k-images": "t10k-images",
    "t10k-labels": "t10k-labels",
  },
  shape: [28, 28],
  isTransposed: false,
  firstLabel: 0,
} as const;

/** Archive hashes as published with torchvision's dataset prototypes. */
export const fetchedSources: Readonly<Record<FetchedSet, FetchedSource>> = {
  mnist: {
    set: "mnist",
    title: "MNIST",
    folder: "mnist",
    torchvision: "MNIST",
    ...plain,
    classNames: digitNames,
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "http://yann.lecun.com/exdb/mnist/",
    ],
    files: [
      file(
        "train-images",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      ),
      file(
        "train-labels",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      ),
      file(
        "t10k-images",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      ),
      file(
        "t10k-labels",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      ),
    ],
    cites: [
      `@article{lecun1998gradient,
  title   = {Gradient-based learning applied to document recognition},
  author  = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  journal = {Proceedings of the IEEE},
  volume  = {86},
  number  = {11},
  pages   = {2278--2324},
  year    = {1998}
}`,
    ],
  },
  "fashion-mnist": {
    set: "fashion-mnist",
    title: "Fashion-MNIST",
    folder: "fashion-mnist",
    torchvision: "FashionMNIST",
    ...plain,
    classNames: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: [
      file(
        "train-images",
        26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      ),
      file(
        "train-labels",
        29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      ),
      file(
        "t10k-images",
        4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      ),
      file(
        "t10k-labels",
        5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
      ),
    ],
    cites: [
      `@misc{xiao2017fashion,
  title         = {Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  author        = {Xiao, Han and Rasul, Kashif and Vollgraf, Roland},
  year          = {2017},
  eprint        = {1708.07747},
  archivePrefix = {arXiv},
  primaryClass  = {cs.LG}
}`,
    ],
  },
  kmnist: {
    set: "kmnist",
    title: "KMNIST",
    folder: "kmnist",
    torchvision: "KMNIST",
    ...plain,
    classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    mirrors: [
      "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ],
    files: [
      file(
        "train-images",
        18_165_135,
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
      ),
      file(
        "train-labels",
        29_497,
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
      ),
      file(
        "t10k-images",
        3_041_136,
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
      ),
      file(
        "t10k-labels",
        5_120,
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
      ),
    ],
    cites: [
      `@misc{clanuwat2018deep,
  title         = {Deep Learning for Classical Japanese Literature},
  author        = {Clanuwat, Tarin and Bober-Irizar, Mikel and Kitamoto, Asanobu and Lamb, Alex and Yamamoto, Kazuaki and Ha, David},
  year          = {2018},
  eprint        = {1812.01718},
  archivePrefix = {arXiv},
  primaryClass  = {cs.CV}
}`,
    ],
  },
};

const capitals = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
const letters = capitals.map((c) => c.toLowerCase());
/** Small letters that are not written as their capitals are, made smaller. */
const merged = [...digitNames, ...capitals, ...Array.from("abdefghnqrt")];

/** Classes in the order of the mappings that are published with the files. */
const emnistClasses: Readonly<Record<EmnistSplit, readonly string[]>> = {
  balanced: merged,
  byclass: [...digitNames, ...capitals, ...letters],
  bymerge: merged,
  digits: digitNames,
  letters,
  mnist: digitNames,
};

/** Images are transposed, as in the MATLAB arrays they were made from; letters count from 1. */
function emnist(split: EmnistSplit): PackedSource {
  const stem = `emnist-${split}` as const;
  return {
    set: stem,
    title: `EMNIST ${split}`,
    folder: "emnist",
    torchvision: "EMNIST",
    stems: {
      "train-images": `${stem}-train-images`,
      "train-labels": `${stem}-train-labels`,
      "t10k-images": `${stem}-test-images`,
      "t10k-labels": `${stem}-test-labels`,
    },
    shape: [28, 28],
    isTransposed: true,
    classNames: emnistClasses[split],
    firstLabel: split === "letters" ? 1 : 0,
    archive: "gzip.zip",
    page: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    cites: [
      `@misc{cohen2017emnist,
  title         = {{EMNIST}: an extension of {MNIST} to handwritten letters},
  author        = {Cohen, Gregory and Afshar, Saeed and Tapson, Jonathan and van Schaik, Andr{\\'e}},
  year          = {2017},
  eprint        = {1702.05373},
  archivePrefix = {arXiv},
  primaryClass  = {cs.CV}
}`,
    ],
  };
}

/** Every set that is read from files. */
export const sources: Readonly<
  Record<FetchedSet, FetchedSource> & Record<PackedSet, PackedSource>
> = {
  ...fetchedSources,
  "emnist-balanced": emnist("balanced"),
  "emnist-byclass": emnist("byclass"),
  "emnist-bymerge": emnist("bymerge"),
  "emnist-digits": emnist("digits"),
  "emnist-letters": emnist("letters"),
  "emnist-mnist": emnist("mnist"),
};
