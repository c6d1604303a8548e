namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own published schemas, and a validator of other people that checks bodies against them.</summary>
internal static class OpenAISchemas
{
    private const string Variable = "MUXI_LLM_OPENAPI";

    /// <summary>Checks a JSON array of <c>[schema, body]</c> pairs, and prints one line for each that does not fit.</summary>
    private const string Validator = """
        import fs from "node:fs";
        import { createRequire } from "node:module";
        const require = createRequire(process.cwd() + "/");
        const Ajv = require("ajv/dist/2020.js"), addFormats = require("ajv-formats");
        const ajv = new (Ajv.default ?? Ajv)({ strict: false, allErrors: true, discriminator: false, logger: false });
        (addFormats.default ?? addFormats)(ajv);
        const spec = JSON.parse(fs.readFileSync(process.argv[2]));
        // A person's message in parts is both an EasyInputMessage and an InputMessage, though only one is to fit.
        const item = spec.components.schemas.InputItem;
        if (item) spec.components.schemas.InputItem = { anyOf: item.oneOf };
        ajv.addSchema(spec, "spec");
        const known = {};
        for (const [schema, body] of JSON.parse(fs.readFileSync(0))) {
          const validate = known[schema] ??= ajv.compile({ $ref: "spec#/components/schemas/" + schema });
          if (!validate(body)) console.log(schema, JSON.stringify(body).slice(0, 600), validate.errors.slice(0, 6).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join(" | "));
        }
        console.log("done");
        """;

    /// <summary>Fails with what does not fit.</summary>
    public static async Task ExpectValidAsync(IEnumerable<(string Schema, string Body)> bodies) => Assert.True(await ValidateAsync(bodies) is var said && said == "done\n", said);

    /// <summary>What the validator says: a line for each body that does not fit, and <c>done</c>.</summary>
    public static async Task<string> ValidateAsync(IEnumerable<(string Schema, string Body)> bodies)
    {
        var spec = File();
        NpmPackages.Require("ajv");
        NpmPackages.Require("ajv-formats");
        var script = Path.Combine(Directory.CreateTempSubdirectory("muxi-llm-schema-").FullName, "validate.mjs");
        try
        {
            await System.IO.File.WriteAllTextAsync(script, Validator, TestContext.Current.CancellationToken);
            var input = "[" + string.Join(',', bodies.Select(body => $"[\"{body.Schema}\",{body.Body}]")) + "]";
            var result = await NodeScript.RunAsync(script, [spec], input, TestContext.Current.CancellationToken);
            Assert.True(result.ExitCode == 0, result.Errors);
            return result.Output;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
        }
    }

    /// <summary>The document; the test is skipped where it is not there.</summary>
    public static string File()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder)) Assert.Skip($"{Variable} is not set: it names the folder of OpenAI's openai.json");
        return Path.Combine(folder, "openai.json");
    }
}
