using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Muxi.Llm.Tests;

/// <summary>What the model is told of a tool, and what a call of it runs.</summary>
public sealed class FunctionToolTests
{
    private static readonly string[] _cityAlone = ["city"];

    [Description("The weather of a city")]
    private static string GetWeather([Description("Where")] string city, int days = 3, Colour? colour = null, CancellationToken cancellationToken = default) =>
        $"{city} {days} {colour} {cancellationToken.CanBeCanceled}";

    [Fact]
    public void A_method_is_described_by_its_signature()
    {
        var tool = FunctionTool.Create(GetWeather);

        Assert.Equal("GetWeather", tool.Name);
        var function = tool.Definition.Function!;
        Assert.Equal(("GetWeather", "The weather of a city", null), (function.Name, function.Description, function.Strict));
        var schema = JsonNode.Parse(function.Parameters.ToString())!;
        Assert.Equal(["city", "days", "colour"], schema["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal(_cityAlone, schema["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal("Where", (string?)schema["properties"]!["city"]!["description"]);
        Assert.Equal(3, (int)schema["properties"]!["days"]!["default"]!);
        Assert.Contains("Green", schema["properties"]!["colour"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"city":"Oslo"}""", "Oslo 3  True")]
    [InlineData("""{"city":"Oslo","days":1,"colour":"Green"}""", "Oslo 1 Green True")]
    public async Task A_call_is_given_what_the_model_wrote(string arguments, string result)
    {
        using var cancellation = new CancellationTokenSource();

        var message = await FunctionTool.Create(GetWeather).InvokeAsync(Call(arguments), cancellation.Token);

        Assert.Equal((Role.Tool, "c", result, null), (message.Role, message.ToolCallId, message.Content, message.IsError));
    }

    [Theory]
    [InlineData("", "city is missing")]
    [InlineData("{", "they are not JSON that can be read")]
    [InlineData("[1]", "must be object, not an array")]
    [InlineData("""{"city":"Oslo","days":"many"}""", "days must be integer, not a string")]
    [InlineData("""{"city":"Oslo","colour":"Blue"}""", "colour must be one of")]
    public async Task Arguments_that_do_not_fit_are_an_error_for_the_model(string arguments, string fault)
    {
        var message = await FunctionTool.Create(GetWeather).InvokeAsync(Call(arguments), TestContext.Current.CancellationToken);

        Assert.True(message.IsError);
        Assert.Contains(fault, message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strict_tool_is_told_strictly_and_null_leaves_out_what_is_optional()
    {
        var tool = FunctionTool.Create(GetWeather, new() { Strict = true, Name = "weather", Description = "Tells it" });

        Assert.Equal(("weather", "Tells it", true), (tool.Name, tool.Definition.Function!.Description, tool.Definition.Function.Strict));
        StrictRules.Hold(JsonNode.Parse(tool.Definition.Function.Parameters.ToString())!);
        var message = await tool.InvokeAsync(Call("""{"city":"Oslo","days":null,"colour":null}"""), TestContext.Current.CancellationToken);
        Assert.Equal("Oslo 3  ", message.Content![..8]);
        StrictRules.Hold(JsonNode.Parse(FunctionTool.Create(() => 1, new() { Strict = true, Name = "f" }).Definition.Function!.Parameters.ToString())!);
        Assert.Contains("cannot be strict", Assert.Throws<ArgumentException>(() => FunctionTool.Create((JsonElement any) => 1, new() { Strict = true, Name = "f" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_told_as_they_are_or_as_JSON()
    {
        foreach (var (method, told) in ((Delegate, string)[])
        [
            (() => "a text", "a text"), (() => 5, "5"), (() => new[] { 1, 2 }, "[1,2]"), (() => (string?)null, "(nothing)"), (() => { }, "(nothing)"), (() => "", "(nothing)"),
            (() => Task.FromResult(new { City = "Oslo" }), """{"city":"Oslo"}"""), (() => new ValueTask<string>("later"), "later"), (async () => await Task.Yield(), "(nothing)"),
            (() => ToolResult.FromError("no"), "no"), (() => new TextContent("of another library"), "of another library"), (() => JsonElement.Parse("\"x\""), "x"), (() => JsonElement.Parse("{\"a\": 1}"), "{\"a\": 1}"),
        ])
        {
            var message = await FunctionTool.Create(method, new() { Name = "f" }).InvokeAsync(Call("{}"), TestContext.Current.CancellationToken);
            Assert.Equal(told, message.Content);
        }
        var shown = await FunctionTool.Create(() => (object)new AIContent[] { new TextContent("See:"), new DataContent((byte[])[1, 2], "image/png") }, new() { Name = "f" }).InvokeAsync(Call("{}"), TestContext.Current.CancellationToken);
        Assert.Equal("data:image/png;base64,AQI=", shown.Blocks[1].ImageUrl!.Url);
    }

    [Fact]
    public void A_local_function_has_its_own_name_and_a_lambda_needs_one()
    {
        Assert.Equal(["Local", "Later", "GetWeather"], new[] { FunctionTool.Create(Local), FunctionTool.Create(LaterAsync), FunctionTool.Create(GetWeather) }.Select(tool => tool.Name));
        Assert.Contains("set FunctionToolOptions.Name", Assert.Throws<ArgumentException>(() => FunctionTool.Create((string city) => city)).Message, StringComparison.Ordinal);

        static string Local(string city) => city;
        static Task<string> LaterAsync(string city) => Task.FromResult(city);
    }

    [Fact]
    public async Task A_function_of_another_library_serves_as_it_is()
    {
        var function = AIFunctionFactory.Create(GetWeather, "its_name", "its words");

        var tool = FunctionTool.Create(function, new() { NeedsApproval = true, Timeout = TimeSpan.FromSeconds(3), RunsInParallel = true });

        Assert.Equal(("its_name", "its words", true, true, TimeSpan.FromSeconds(3)), (tool.Name, tool.Definition.Function!.Description, tool.NeedsApproval, tool.RunsInParallel, tool.Timeout));
        Assert.StartsWith("Rome 3", (await tool.InvokeAsync(Call("""{"city":"Rome"}"""), TestContext.Current.CancellationToken)).Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_is_filled_in_and_not_shown()
    {
        var tool = FunctionTool.Create((IServiceProvider services, string name) => (string)services.GetService(typeof(string))! + name, new() { Name = "f", Services = new One("it is ") });

        Assert.DoesNotContain("services", tool.Definition.Function!.Parameters.ToString(), StringComparison.Ordinal);
        Assert.Equal("it is x", (await tool.InvokeAsync(Call("""{"name":"x"}"""), TestContext.Current.CancellationToken)).Content);
    }

    [Fact]
    public async Task A_tool_over_types_of_the_callers_needs_no_reflection()
    {
        var tool = FunctionTool.Create("count", (given, _) => Task.FromResult(new[] { given.City.Length, given.Days }), ToolSuiteJson.Default.CityArguments, ToolSuiteJson.Default.Int32Array, new() { Description = "Counts" });

        Assert.Equal(("count", "Counts"), (tool.Name, tool.Definition.Function!.Description));
        Assert.Equal("""["city"]""", JsonNode.Parse(tool.Definition.Function.Parameters.ToString())!["required"]!.ToJsonString());
        Assert.Equal("[4,1]", (await tool.InvokeAsync(Call("""{"city":"Oslo"}"""), TestContext.Current.CancellationToken)).Content);
        Assert.True((await tool.InvokeAsync(Call("""{"city":null}"""), TestContext.Current.CancellationToken)).IsError);
        Assert.Contains("must be an object", Assert.Throws<ArgumentException>(() => FunctionTool.Create("f", (int[] _, CancellationToken _) => Task.FromResult(ToolResult.FromText("")), ToolSuiteJson.Default.Int32Array)).Message, StringComparison.Ordinal);
    }

    private static ToolCall Call(string arguments) => new() { Id = "c", Function = new("f", arguments) };

    private sealed class One(string it) : IServiceProvider
    {
        public object GetService(Type serviceType) => it;
    }
}
