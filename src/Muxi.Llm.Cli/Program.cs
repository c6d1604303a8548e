using Muxi.Llm.Cli;

using var interrupts = Interrupts.OfProcess(TimeProvider.System);
return await CommandLine.RunAsync(args, Terminal.OfProcess(interrupts));
