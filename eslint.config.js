import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "build/**",
      "dist/**",
      "runs/**",
      "**/*.generated.ts",
      "src/numerics/kernels/assembly/**",
      "test/fixtures/**",
      "node_modules/**",
    ],
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "one-var": ["error", "never"],
      // Objects here are closures: no method looks at `this`.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-properties": [
        "error",
        {
          object: "Math",
          property: "random",
          message: "Randomness is an argument: use a Random stream.",
        },
      ],
      "no-restricted-globals": ["error", "Buffer"],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**", "src/**/node/**", "src/node.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["node:*"],
              message: "Node built-ins live in */node/ folders and cli/ only.",
            },
          ],
        },
      ],
      "no-restricted-globals": ["error", "Buffer", "process", "Date", "performance", "console"],
    },
  },
  {
    // A function fits a screen, and what it takes fits a head.
    files: ["src/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 6],
      complexity: ["error", 20],
    },
  },
  {
    // Strokes as data, drawn by one function each.
    files: ["src/data/digits/skeletons.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  { files: ["**/*.d.ts"], rules: { "@typescript-eslint/consistent-type-imports": "off" } },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
);
