import webpack from 'webpack';

const [entry, filename] = process.argv.slice(2);
const config = {
  mode: 'production',
  target: 'node20',
  entry: `./${entry}`,
  output: { path: `${process.cwd()}/out`, filename },
};
webpack(config, (error, stats) => {
  if (error) throw error;
  console.log(stats.toString({ preset: 'errors-warnings', colors: false }));
  if (stats.hasErrors()) process.exitCode = 1;
});
