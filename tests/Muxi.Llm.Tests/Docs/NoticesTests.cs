using System.Xml.Linq;

namespace Muxi.Llm.Tests;

/// <summary>Whoever gets the library gets others' data with it, and their licences.</summary>
public sealed class NoticesTests
{
    [Fact]
    public void The_notices_name_all_data_that_the_library_holds()
    {
        var notices = File.ReadAllText(Repo.PathTo("THIRD-PARTY-NOTICES"));
        var embedded = XDocument.Load(Repo.PathTo("src", "Muxi.Llm", "Muxi.Llm.csproj")).Descendants("EmbeddedResource").Select(static item => "src/Muxi.Llm/" + item.Attribute("Include")!.Value).ToList();
        var coded = Directory.EnumerateFiles(Repo.PathTo("src", "Muxi.Llm", "Tokens"), "*Data.cs", SearchOption.AllDirectories).Select(static file => Path.GetRelativePath(Repo.Root, file).Replace('\\', '/')).ToList();

        Assert.NotEmpty(embedded);
        Assert.NotEmpty(coded);
        Assert.All([.. embedded, .. coded], path => Assert.Contains($"in {path}: ", notices, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LICENSE")]
    [InlineData("NOTICE")]
    [InlineData("THIRD-PARTY-NOTICES")]
    public void Every_package_brings_the_licences(string file)
    {
        var packed = XDocument.Load(Repo.PathTo("Directory.Build.props")).Descendants("None").Where(static item => item.Attribute("Pack")?.Value == "true").SelectMany(static item => item.Attribute("Include")!.Value.Split(';'));

        Assert.Contains("$(MSBuildThisFileDirectory)" + file, packed);
        Assert.True(File.Exists(Repo.PathTo(file)));
    }
}
