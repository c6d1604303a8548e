using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Muxi.Llm.Benchmarks;
using Perfolizer.Horology;

switch (args)
{
    case [EmbeddingsCheck.Serve]: return await EmbeddingsCheck.ServeAsync();
    case ["--check"]: return await Check.RunAsync();
    case ["--transfers", var server]: return await Transfers.RunAsync(server);
    case ["--tokens", var root, var node, var modules]: return await TokensCheck.RunAsync(root, node, modules);
    case [TokensCheck.Load, var encoding]: return TokensCheck.RunLoad(encoding);
    case ["--transfers-service"]:
        await Transfers.ServiceAsync();
        return 0;
    case ["--transfers-client", var verb, var url, var file, var size]:
        await Transfers.ClientAsync(verb, url, file, long.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
}
var config = DefaultConfig.Instance
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Median)
    .AddJob(Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithWarmupCount(3)
        .WithIterationCount(20)
        .WithIterationTime(TimeInterval.FromMilliseconds(150)));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
