namespace Muxi.Llm.Tests;

public sealed class NodeScriptTests
{
    [Fact]
    public async Task A_script_gets_arguments_and_input_and_finds_the_packages()
    {
        NpmPackages.Require("openai");

        var result = await RunAsync("""
            import OpenAI from "openai";
            import fs from "node:fs";
            console.log(typeof OpenAI, process.argv.slice(2).join("|"), fs.readFileSync(0, "utf8"));
            """, ["one", "t w o"], "Grüße");

        Assert.Equal(new NodeResult(0, "function one|t w o Grüße\n", ""), result);
    }

    [Fact]
    public async Task A_script_that_fails_shows_its_exit_code_and_stderr()
    {
        NpmPackages.Require("openai");

        var result = await RunAsync("console.error('no'); process.exit(3);", [], "");

        Assert.Equal(new NodeResult(3, "", "no\n"), result);
    }

    [Fact]
    public async Task The_node_is_new_enough_for_current_packages()
    {
        NpmPackages.Require("openai");

        var result = await RunAsync("console.log(process.versions.node.split('.')[0])", [], "");

        Assert.True(int.Parse(result.Output, System.Globalization.CultureInfo.InvariantCulture) >= 20, result.Output);
    }

    private static async Task<NodeResult> RunAsync(string script, string[] arguments, string input)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("muxi-llm-script-");
        try
        {
            var path = Path.Combine(folder.FullName, "script.mjs");
            await File.WriteAllTextAsync(path, script, cancellationToken);
            return await NodeScript.RunAsync(path, arguments, input, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
